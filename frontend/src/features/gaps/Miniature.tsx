import type { GapLineFragment } from "../../api/generated";
import type { Subject } from "../../model/gaps";
import { KindMark } from "../../ui/KindMark";

type Gap = Pick<GapLineFragment, "nodes" | "links" | "reasons" | "nextStep">;

const width = 132;
const height = 88;
const most = 4;

/**
 * Miniature draws the two that a gap is about with what stands between them and the tie between them, dotted
 * where it is missing; or the one it is about among what its evidence names. It says nothing that the card does not say in words.
 */
export function Miniature({ nodes, links, reasons, nextStep }: Gap) {
  const own = new Set(nodes.map(({ id }) => id));
  const around = new Map<string, Subject>();
  for (const list of [...reasons.map((reason) => reason.nodes), nextStep.who])
    for (const node of list) if (!own.has(node.id)) around.set(node.id, node);
  const shared = [...around.values()].slice(0, most);
  const [a, b] = nodes;
  if (!a) return null;
  const middle = height / 2;
  const left = { x: b ? 16 : width / 2, y: b ? height - 18 : middle };
  const right = { x: width - 16, y: height - 18 };
  const places = shared.map((node, at) => {
    if (b)
      return { node, x: width * (0.5 + (at - (shared.length - 1) / 2) * 0.2), y: at % 2 === 0 ? 16 : 28 };
    const turn = -Math.PI / 2 + ((at + 0.5) * 2 * Math.PI) / shared.length;
    return { node, x: width / 2 + 46 * Math.cos(turn), y: middle + 30 * Math.sin(turn) };
  });
  const mark = (node: Subject, x: number, y: number, size: number) => (
    <g key={node.id} transform={`translate(${x - size / 2} ${y - size / 2})`}>
      <KindMark kind={node.kind} size={size} />
    </g>
  );
  return (
    <svg
      className="miniature"
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      aria-hidden="true"
    >
      {places.map(({ node, x, y }) => (
        <g key={node.id}>
          <line className="miniature-tie" x1={left.x} y1={left.y} x2={x} y2={y} />
          {b && <line className="miniature-tie" x1={right.x} y1={right.y} x2={x} y2={y} />}
        </g>
      ))}
      {b && (
        <line
          className={links.length > 0 ? "miniature-worn" : "miniature-ghost"}
          x1={left.x}
          y1={left.y}
          x2={right.x}
          y2={right.y}
        />
      )}
      {places.map(({ node, x, y }) => mark(node, x, y, 12))}
      {mark(a, left.x, left.y, 20)}
      {b && mark(b, right.x, right.y, 20)}
    </svg>
  );
}

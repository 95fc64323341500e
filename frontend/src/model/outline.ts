import type { LinkKind } from "./kinds";
import { type Network, tiesOf } from "./network";

/** OutlineItem is one line of the outline: a node, or the group of a node's ties of one kind and direction. */
export type OutlineItem = OutlineNode | OutlineGroup;

/** OutlineNode is a line for a node. Ends of ties carry the link that led there. */
export type OutlineNode = {
  readonly type: "node";
  /** Unique in the outline: the path that led here. */
  readonly key: string;
  readonly row: number;
  /** The link from the node above, or null at the top. */
  readonly link: number | null;
  readonly children: readonly OutlineGroup[];
};

/** OutlineGroup is a line for the ties of one kind and direction, with the nodes at their other ends. */
export type OutlineGroup = {
  readonly type: "group";
  readonly key: string;
  readonly kind: LinkKind;
  readonly out: boolean;
  readonly children: readonly OutlineNode[];
};

/**
 * outline writes the network as a tree from its roots: each root, its ties grouped by kind and direction,
 * and under each neighbour that is itself a root, its own. A node already open above is not opened again,
 * so a circle of ties ends. Nodes no root reaches stand at the end, so that nothing on the canvas is missing here.
 */
export function outline(network: Network, roots: readonly string[]): readonly OutlineNode[] {
  const ties = tiesOf(network);
  const rowOf = new Map(network.ids.map((id, row) => [id, row]));
  const opened = new Set(roots.map((id) => rowOf.get(id)).filter((row) => row !== undefined));
  const shown = new Set<number>();
  const expanded = new Set<number>();

  const node = (row: number, link: number | null, key: string, above: ReadonlySet<number>): OutlineNode => {
    shown.add(row);
    const opens = opened.has(row) && !above.has(row);
    if (opens) expanded.add(row);
    return {
      type: "node",
      key,
      row,
      link,
      children: opens ? groups(row, key, new Set([...above, row])) : [],
    };
  };

  const groups = (row: number, path: string, above: ReadonlySet<number>): OutlineGroup[] => {
    const found = new Map<string, { kind: LinkKind; out: boolean; children: OutlineNode[] }>();
    for (const tie of ties[row]!) {
      const name = `${tie.out ? "out" : "in"}.${tie.kind}`;
      const group = found.get(name) ?? { kind: tie.kind, out: tie.out, children: [] };
      found.set(name, group);
      group.children.push(node(tie.other, tie.link, `${path}/${name}/${network.links.ids[tie.link]}`, above));
    }
    return [...found].map(([name, group]) => ({ type: "group", key: `${path}/${name}`, ...group }));
  };

  const top: OutlineNode[] = [];
  for (const row of opened) if (!expanded.has(row)) top.push(node(row, null, network.ids[row]!, new Set()));
  network.ids.forEach((id, row) => {
    if (!shown.has(row)) top.push(node(row, null, id, new Set()));
  });
  return top;
}

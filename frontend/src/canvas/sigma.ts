import { MultiGraph } from "graphology";
import Sigma from "sigma";
import { EdgeLineProgram, NodePointProgram } from "sigma/rendering";
import { nodeShapes } from "../model/kinds";
import { type Label, placeLabels } from "../model/labels";
import { arrowed, empty, type Network, radius } from "../model/network";
import { Layout, type Point } from "./layout";
import { readPalette } from "./palette";
import type { GraphEvent, GraphRenderer } from "./renderer";
import { shapeProgram } from "./shapes";
import { TieProgram } from "./ties";

/** Options are what a renderer needs to know of the person and of the application. */
export type Options = {
  readonly on: (event: GraphEvent) => void;
  /** Whether to come to rest out of sight instead of in motion. */
  readonly still: boolean;
};

/** Above these, a machine that draws in software gets points and lines instead of shapes and dashes. */
const softwareLimit = { nodes: 3000, links: 6000 };
const labelSize = 12;
/** The key of the tie that is not there; ids have no spaces. */
const ghostly = "a missing tie";

/** canDraw tells whether this browser has the graphics context the canvas needs. */
export function canDraw(): boolean {
  return document.createElement("canvas").getContext("webgl2") !== null;
}

/** createSigma draws with sigma in the element, which must have a size. */
export function createSigma(element: HTMLElement, { on, still }: Options): GraphRenderer {
  let palette = readPalette(element);
  let network: Network = empty;
  let rows = new Map<string, number>();
  let layout = new Layout(empty, new Map());
  let selected: string | null = null;
  let pointed: string | null = null;
  let near = new Set<string>();
  let written: readonly string[] = [];
  let frame = 0;

  const graph = new MultiGraph();
  const software = drawsInSoftware();
  const sigma = new Sigma(graph, element, {
    nodeProgramClasses: { shape: shapeProgram(() => palette), point: NodePointProgram },
    edgeProgramClasses: { tie: TieProgram, line: EdgeLineProgram },
    nodeHoverProgramClasses: { shape: shapeProgram(() => palette), point: NodePointProgram },
    defaultNodeType: "shape",
    defaultEdgeType: "tie",
    renderLabels: false,
    // The label under the pointer is written with the others, so that it too keeps clear of them.
    defaultDrawNodeHover: () => undefined,
    stagePadding: 48,
    zIndex: true,
    minCameraRatio: 0.05,
    maxCameraRatio: 4,
    doubleClickZoomingRatio: 1,
    doubleClickTimeout: 250,
    zoomDuration: still ? 0 : 150,
    inertiaDuration: still ? 0 : 200,
    hideEdgesOnMove: software,
    nodeReducer: (id, data) => ({
      ...data,
      color: palette.kinds[network.kinds[rows.get(id)!]!],
      mark: id === selected ? 1 : id === pointed ? 2 : 0,
      zIndex: id === selected || id === pointed ? 2 : near.has(id) ? 1 : 0,
    }),
    edgeReducer: (id, data) => {
      if (id === ghostly) return { ...data, color: palette.accent, zIndex: 1 };
      const link = data.row as number;
      const [from, to] = graph.extremities(id);
      const touched = from === selected || to === selected;
      const ended = network.links.ended[link]!;
      const disputed = network.links.state[link] === "DISPUTED";
      return {
        ...data,
        color:
          touched && !ended
            ? palette.accent
            : disputed
              ? palette.disputed
              : ended
                ? palette.ended
                : palette.link,
        presence: (ended ? 0.55 : 0.9) * (selected && !touched ? 0.65 : 1),
        zIndex: touched ? 1 : 0,
      };
    },
  });

  const measured = new Map<string, number>();
  const writeLabels = () => {
    const context = sigma.getCanvases().labels!.getContext("2d")!;
    context.font = `${labelSize}px ${palette.font}`;
    const { width, height } = sigma.getDimensions();
    const labels: Label[] = [];
    for (const [id, row] of rows) {
      const data = sigma.getNodeDisplayData(id);
      if (!data) continue;
      const { x, y } = sigma.framedGraphToViewport(data);
      if (x < -80 || y < -40 || x > width + 80 || y > height + 40) continue;
      const name = shorten(network.names[row]!);
      let wide = measured.get(name);
      if (wide === undefined) {
        wide = context.measureText(name).width;
        measured.set(name, wide);
      }
      const importance =
        id === pointed ? 1e6 : id === selected ? 1e5 : (near.has(id) ? 1e3 : 0) + network.ties[row]!;
      labels.push({
        id,
        x,
        y,
        radius: sigma.scaleSize(data.size),
        width: wide,
        height: labelSize + 2,
        importance,
      });
    }
    const placed = placeLabels(labels, width, height);
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.lineJoin = "round";
    context.lineWidth = 3.5;
    context.strokeStyle = palette.halo;
    context.fillStyle = palette.ink;
    for (const { label, x, y } of placed) {
      const strong = label.id === selected || label.id === pointed;
      context.font = `${strong ? 600 : 400} ${labelSize}px ${palette.font}`;
      context.globalAlpha = selected && !strong && !near.has(label.id) ? 0.8 : 1;
      const name = shorten(network.names[rows.get(label.id)!]!);
      context.strokeText(name, x, y);
      context.fillText(name, x, y);
    }
    context.globalAlpha = 1;
    written = placed.map(({ label }) => network.names[rows.get(label.id)!]!);
  };
  sigma.on("afterRender", writeLabels);

  sigma.on("clickNode", ({ node }) => on({ type: "select", id: node }));
  sigma.on("doubleClickNode", ({ node, preventSigmaDefault }) => {
    preventSigmaDefault();
    on({ type: "expand", id: node });
  });
  sigma.on("clickStage", () => on({ type: "background" }));
  sigma.on("enterNode", ({ node }) => {
    point(node);
    element.classList.add("over-node");
    on({ type: "hover", id: node });
  });
  sigma.on("leaveNode", () => {
    point(null);
    element.classList.remove("over-node");
    on({ type: "hover", id: null });
  });

  const resized = new ResizeObserver(() => {
    if (element.offsetWidth > 0 && element.offsetHeight > 0) sigma.resize().scheduleRender();
  });
  resized.observe(element);

  function point(id: string | null): void {
    if (pointed === id) return;
    pointed = id;
    sigma.refresh({ skipIndexation: true, schedule: true });
  }

  function place(): void {
    graph.updateEachNodeAttributes((id, attributes) => ({ ...attributes, ...layout.at(rows.get(id)!) }), {
      attributes: ["x", "y"],
    });
  }

  function settle(): void {
    cancelAnimationFrame(frame);
    if (still) {
      // Nothing moves until all is in place; the slices only keep the page alive meanwhile.
      const work = () => {
        layout.advance(24);
        if (layout.settled) place();
        else frame = requestAnimationFrame(work);
      };
      work();
      return;
    }
    const work = () => {
      layout.advance(8);
      place();
      if (!layout.settled) frame = requestAnimationFrame(work);
    };
    work();
  }

  function neighbourhood(): Set<string> {
    return new Set(selected && graph.hasNode(selected) ? graph.neighbors(selected) : []);
  }

  return {
    show(next, roots) {
      const known = new Map<string, Point>();
      for (const [id, row] of rows) known.set(id, layout.at(row));
      network = next;
      rows = new Map(next.ids.map((id, row) => [id, row]));
      layout = new Layout(next, known);
      const simple =
        software && (next.ids.length > softwareLimit.nodes || next.links.ids.length > softwareLimit.links);
      graph.clear();
      next.ids.forEach((id, row) => {
        const size = radius(next.kinds[row]!, next.ties[row]!) + (roots.includes(id) ? 2 : 0);
        const type = simple ? "point" : "shape";
        graph.addNode(id, { ...layout.at(row), size, shape: nodeShapes[next.kinds[row]!], mark: 0, type });
      });
      next.links.ids.forEach((id, row) => {
        const kind = next.links.kinds[row]!;
        graph.addEdgeWithKey(id, next.ids[next.links.from[row]!], next.ids[next.links.to[row]!], {
          row,
          size: 0.9 + 0.45 * (next.links.strength[row] || 1),
          dashed: next.links.state[row] === "CLAIMED",
          arrow: arrowed(kind),
          presence: 1,
          type: simple ? "line" : "tie",
        });
      });
      near = neighbourhood();
      settle();
    },
    haunt(ends) {
      if (graph.hasEdge(ghostly)) graph.dropEdge(ghostly);
      if (!ends?.every((id) => graph.hasNode(id))) return;
      const type = graph.getNodeAttribute(ends[0], "type") === "point" ? "line" : "tie";
      graph.addEdgeWithKey(ghostly, ...ends, { size: 2.5, dashed: true, arrow: false, presence: 1, type });
    },
    select(id) {
      selected = id;
      near = neighbourhood();
      sigma.refresh({ skipIndexation: true, schedule: true });
    },
    point,
    fit() {
      if (still) sigma.getCamera().setState({ x: 0.5, y: 0.5, ratio: 1, angle: 0 });
      else void sigma.getCamera().animatedReset({ duration: 200 });
    },
    zoom(factor) {
      const camera = sigma.getCamera();
      const ratio = camera.getBoundedRatio(camera.ratio / factor);
      if (still) camera.setState({ ratio });
      else void camera.animate({ ratio }, { duration: 150 });
    },
    repaint() {
      palette = readPalette(element);
      measured.clear();
      sigma.refresh({ skipIndexation: true });
    },
    kill() {
      cancelAnimationFrame(frame);
      resized.disconnect();
      sigma.kill();
    },
    probe: {
      positions: () =>
        new Map(
          [...rows.keys()].flatMap((id) => {
            const data = sigma.getNodeDisplayData(id);
            return data ? [[id, sigma.framedGraphToViewport(data)] as const] : [];
          }),
        ),
      pick: (x, y) => {
        let found: string | null = null;
        const hear = ({ node }: { node: string }) => {
          found = node;
        };
        // The same way a click goes, without telling the application.
        const captor = sigma.getMouseCaptor();
        sigma.on("rightClickNode", hear);
        captor.emit("rightClick", {
          x,
          y,
          sigmaDefaultPrevented: false,
          preventSigmaDefault: () => undefined,
          original: new MouseEvent("contextmenu", { clientX: x, clientY: y }),
        });
        sigma.off("rightClickNode", hear);
        return found;
      },
      labels: () => written,
      haunted: () => graph.hasEdge(ghostly),
      settled: () => layout.settled,
      software,
    },
  };
}

/** Long names are cut on the canvas; the outline and the inspector have them whole. */
function shorten(name: string): string {
  const letters = [...name];
  return letters.length > 34 ? `${letters.slice(0, 32).join("").trimEnd()}…` : name;
}

function drawsInSoftware(): boolean {
  const gl = document.createElement("canvas").getContext("webgl2");
  if (!gl) return true;
  const info = gl.getExtension("WEBGL_debug_renderer_info");
  const name = String(gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  gl.getExtension("WEBGL_lose_context")?.loseContext();
  return /swiftshader|llvmpipe|software|basic render/i.test(name);
}

/** One step of ForceAtlas2 on bare arrays; the package describes only its graphology wrapper. */
declare module "graphology-layout-forceatlas2/iterate.js" {
  import type { ForceAtlas2Settings } from "graphology-layout-forceatlas2";

  /** Rows of ten: x, y, dx, dy, old dx, old dy, mass, convergence, size, fixed. Moved in place. */
  type Nodes = Float32Array;
  /** Rows of three: offset of source row, offset of target row, weight. */
  type Links = Float32Array;
  export default function iterate(settings: Required<ForceAtlas2Settings>, nodes: Nodes, links: Links): void;
}

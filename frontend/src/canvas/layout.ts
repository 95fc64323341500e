import iterate from "graphology-layout-forceatlas2/iterate.js";
import type { Network } from "../model/network";

/** Point is a place in the layout's own plane. */
export type Point = { readonly x: number; readonly y: number };

const nodeRow = 10;
const linkRow = 3;

/**
 * Layout finds places for the nodes of a network: ForceAtlas2, from a start that depends on the ids alone and
 * for a number of steps that depends on the size alone, so the same network always comes to lie the same way.
 * It works in slices short enough to leave the page responsive.
 */
export class Layout {
  #nodes: Float32Array;
  #links: Float32Array;
  #left: number;
  #barnesHut: boolean;
  #slowDown: number;

  /** known gives the places of nodes already on the canvas: they start there, and new nodes beside them. */
  constructor(network: Network, known: ReadonlyMap<string, Point>) {
    const count = network.ids.length;
    const start = startingPlaces(network, known);
    this.#nodes = new Float32Array(count * nodeRow);
    this.#links = new Float32Array(network.links.ids.length * linkRow);
    for (let row = 0; row < count; row++) {
      this.#nodes.set([start[row]!.x, start[row]!.y, 0, 0, 0, 0, 1, 1, 1, 0], row * nodeRow);
    }
    network.links.from.forEach((from, link) => {
      const to = network.links.to[link]!;
      const weight = network.links.ended[link] ? 0.5 : 1 + (network.links.strength[link]! - 1) * 0.15;
      this.#links.set([from * nodeRow, to * nodeRow, weight], link * linkRow);
      for (const end of [from, to]) this.#nodes[end * nodeRow + 6]! += weight;
    });
    const allKnown = network.ids.every((id) => known.has(id));
    this.#left = count < 2 || allKnown ? 0 : known.size > 0 ? 120 : count > 1000 ? 160 : 300;
    this.#barnesHut = count > 400;
    this.#slowDown = 1 + Math.log(Math.max(count, 1));
  }

  /** Whether there is nothing left to do. */
  get settled(): boolean {
    return this.#left <= 0;
  }

  /** Works for about the given milliseconds, and at least one step. */
  advance(milliseconds: number): void {
    const end = performance.now() + milliseconds;
    do {
      if (this.#left-- <= 0) return;
      iterate(
        {
          linLogMode: false,
          outboundAttractionDistribution: false,
          adjustSizes: false,
          edgeWeightInfluence: 1,
          scalingRatio: 12,
          // Pulling harder the further away keeps what has no ties from drifting off.
          strongGravityMode: true,
          gravity: 0.06,
          slowDown: this.#slowDown,
          barnesHutOptimize: this.#barnesHut,
          barnesHutTheta: 0.7,
        },
        this.#nodes,
        this.#links,
      );
    } while (performance.now() < end);
  }

  /** The place of the node in a row. */
  at(row: number): Point {
    return { x: this.#nodes[row * nodeRow]!, y: this.#nodes[row * nodeRow + 1]! };
  }
}

/** Known nodes where they were; a new node a little way from its first known neighbour, or on a wide disc. */
function startingPlaces(network: Network, known: ReadonlyMap<string, Point>): Point[] {
  const near = new Map<number, Point>();
  network.links.from.forEach((from, link) => {
    const to = network.links.to[link]!;
    for (const [here, there] of [[from, to] as const, [to, from] as const]) {
      const place = known.get(network.ids[there]!);
      if (place && !near.has(here)) near.set(here, place);
    }
  });
  const spread = 10 * Math.sqrt(network.ids.length);
  return network.ids.map((id, row) => {
    const old = known.get(id);
    if (old) return old;
    const random = randomOf(id);
    const angle = random() * 2 * Math.PI;
    const centre = near.get(row);
    const distance = centre ? 8 + 8 * random() : spread * Math.sqrt(random());
    return {
      x: (centre?.x ?? 0) + distance * Math.cos(angle),
      y: (centre?.y ?? 0) + distance * Math.sin(angle),
    };
  });
}

/** A stream of numbers in [0, 1) that an id always begins the same way: FNV-1a, then mulberry32. */
function randomOf(id: string): () => number {
  let state = 0x811c9dc5;
  for (let at = 0; at < id.length; at++) state = Math.imul(state ^ id.charCodeAt(at), 0x01000193);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

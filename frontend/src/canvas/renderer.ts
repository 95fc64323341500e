import type { Network } from "../model/network";

/** GraphEvent is what a person did on the canvas. */
export type GraphEvent =
  | { readonly type: "select"; readonly id: string }
  | { readonly type: "expand"; readonly id: string }
  | { readonly type: "hover"; readonly id: string | null }
  | { readonly type: "background" };

/** Probe lets a browser test see what a person sees on a canvas, which has no text to look for. */
export type Probe = {
  /** Where each node is drawn, in pixels from the corner of the canvas. */
  readonly positions: () => ReadonlyMap<string, { readonly x: number; readonly y: number }>;
  /** The node whose mark covers a point, by the same picking that a click uses. */
  readonly pick: (x: number, y: number) => string | null;
  /** The names written on the canvas now. */
  readonly labels: () => readonly string[];
  /** Whether a missing tie is drawn. */
  readonly haunted: () => boolean;
  /** Whether the layout has come to rest. */
  readonly settled: () => boolean;
  /** Whether drawing is done in software, and therefore simplified. */
  readonly software: boolean;
};

/**
 * GraphRenderer draws a network in one element. It knows nothing of where the network came from or what the
 * application does with an event, so another engine can take its place.
 */
export interface GraphRenderer {
  /** Draws a network. Nodes already there keep their places; new ones start beside a neighbour. */
  show(network: Network, roots: readonly string[]): void;
  /** Draws a tie that is missing between two nodes of the network, or none. */
  haunt(ends: readonly [string, string] | null): void;
  /** Marks one node, or none. It does not move the camera. */
  select(id: string | null): void;
  /** Marks the node something outside the canvas points at. */
  point(id: string | null): void;
  /** Brings everything into view. */
  fit(): void;
  /** Comes nearer (above 1) or goes further (below 1). */
  zoom(factor: number): void;
  /** Reads the colours again, after the theme changed. */
  repaint(): void;
  /** Frees everything, the graphics context included. The renderer is dead afterwards. */
  kill(): void;
  readonly probe: Probe;
}

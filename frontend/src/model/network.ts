import { type LinkKind, type LinkState, linkArrows, linkKinds, type NodeKind } from "./kinds";

/**
 * Network is what the canvas and the outline both show: nodes and links as columns, all columns of a group
 * of one length. Links name their ends by the row of the node.
 */
export type Network = {
  readonly ids: readonly string[];
  readonly kinds: readonly NodeKind[];
  readonly names: readonly string[];
  /** How many ties the node has in all that the viewer may see, on this canvas or not. */
  readonly ties: readonly number[];
  readonly links: {
    readonly ids: readonly string[];
    readonly from: readonly number[];
    readonly to: readonly number[];
    readonly kinds: readonly LinkKind[];
    /** 1 to 5; 0 when unknown. */
    readonly strength: readonly number[];
    readonly state: readonly LinkState[];
    readonly ended: readonly boolean[];
  };
};

/** empty is the network of nothing. */
export const empty: Network = {
  ids: [],
  kinds: [],
  names: [],
  ties: [],
  links: { ids: [], from: [], to: [], kinds: [], strength: [], state: [], ended: [] },
};

/** without gives the network less the nodes of some kinds and every link that touched them. */
export function without(network: Network, hidden: readonly NodeKind[]): Network {
  if (hidden.length === 0) return network;
  const keep = network.kinds.map((kind) => !hidden.includes(kind));
  const row = new Map<number, number>();
  keep.forEach((kept, at) => {
    if (kept) row.set(at, row.size);
  });
  const rows = <T>(column: readonly T[]) => column.filter((_, at) => keep[at]);
  const { links } = network;
  const stays = links.from.map((from, at) => row.has(from) && row.has(links.to[at]!));
  const of = <T>(column: readonly T[]) => column.filter((_, at) => stays[at]);
  return {
    ids: rows(network.ids),
    kinds: rows(network.kinds),
    names: rows(network.names),
    ties: rows(network.ties),
    links: {
      ids: of(links.ids),
      from: of(links.from).map((at) => row.get(at)!),
      to: of(links.to).map((at) => row.get(at)!),
      kinds: of(links.kinds),
      strength: of(links.strength),
      state: of(links.state),
      ended: of(links.ended),
    },
  };
}

/** Tie is a link as seen from one of its ends. */
export type Tie = {
  readonly link: number;
  /** The row of the node at the other end. */
  readonly other: number;
  readonly kind: LinkKind;
  /** Whether the link starts here. */
  readonly out: boolean;
};

/** tiesOf lists, for every node, its ties in the order of the link kinds and then of the other's name. */
export function tiesOf(network: Network): readonly (readonly Tie[])[] {
  const ties: Tie[][] = network.ids.map(() => []);
  const { from, to, kinds } = network.links;
  kinds.forEach((kind, link) => {
    const [a, b] = [from[link]!, to[link]!];
    ties[a]!.push({ link, other: b, kind, out: true });
    if (a !== b) ties[b]!.push({ link, other: a, kind, out: false });
  });
  const order = new Map(linkKinds.map((kind, at) => [kind, at]));
  for (const list of ties) {
    list.sort(
      (a, b) =>
        (order.get(a.kind) ?? 0) - (order.get(b.kind) ?? 0) ||
        Number(b.out) - Number(a.out) ||
        compare(network.names[a.other]!, network.names[b.other]!) ||
        a.link - b.link,
    );
  }
  return ties;
}

/** arrowed tells whether a link's direction means something in a picture. */
export function arrowed(kind: LinkKind): boolean {
  return linkArrows[kind];
}

/** radius is how large a node is drawn, in pixels: its area grows with its ties, within bounds. */
export function radius(kind: NodeKind, ties: number): number {
  const base = kind === "Individual" || kind === "Source" || kind === "Story" ? 4.5 : 6;
  return Math.min(base + 1.6 * Math.sqrt(ties), 18);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

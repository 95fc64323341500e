import { askedKinds, type GapKind } from "./gaps";
import type { NodeKind } from "./kinds";

/** Screen is a place in the application that has an address of its own. */
export type Screen = "home" | "directory" | "explorer" | "profile" | "gaps" | "introductions";

/** Persona is through whose eyes the network is seen: one's own, or another's. The server decides what each may see. */
export type Persona =
  | { readonly as: "self" | "visitor" | "member" | "coordinator" }
  | {
      /** As a member of one of these. */
      readonly as: "coalition" | "organization";
      readonly of: string;
    };

/** facets names the filters of the directory, in the order they are shown. */
export const facets = ["kind", "classification", "issue", "place", "capacity", "coalition"] as const;

/** Facet names one filter of the directory. */
export type Facet = (typeof facets)[number];

/** sorts names the orders the directory can be in. */
export const sorts = ["relevance", "name", "updated", "ties"] as const;

/** Sort names one order of the directory. */
export type Sort = (typeof sorts)[number];

/** gapLists names the lists of gaps, in the order they are shown. */
export const gapLists = ["all", "ready", "bridging", "dismissed"] as const;

/** GapList names one list of gaps. */
export type GapList = (typeof gapLists)[number];

/** gapScopes names the parts of the network that gaps can be asked about, in the order they are shown. */
export const gapScopes = ["issue", "coalition", "place", "organization"] as const;

/** GapScope names one way to narrow the gaps. */
export type GapScope = (typeof gapScopes)[number];

/** GapFilter is which gaps are asked for; what is not said is not asked for. */
export type GapFilter = {
  readonly list: GapList;
  readonly kinds: readonly GapKind[];
  readonly scope: Readonly<Record<GapScope, string | null>>;
};

/**
 * View is everything about what somebody looks at, and nothing about who they are or how their screen is
 * set: one selection, one viewer, one date. It is a value; the functions below make the next one.
 * Its address (model/address.ts) holds all of it, so Back undoes looking and a link shows the same.
 */
export type View = {
  readonly screen: Screen;
  /** The words searched for. */
  readonly text: string;
  /** The values chosen in each facet, each once. */
  readonly filters: Readonly<Record<Facet, readonly string[]>>;
  readonly sort: Sort;
  readonly gaps: GapFilter;
  /** The introduction that is open on its screen, or null for all of them. */
  readonly introduction: string | null;
  /** Whose introductions are shown, or null for all of them. */
  readonly party: string | null;
  /** The node the inspector shows and the profile is about. */
  readonly selected: string | null;
  /** The nodes whose neighbourhoods are on the canvas, in the order they were opened. */
  readonly roots: readonly string[];
  /** The gap whose missing tie is drawn on the canvas, or null. */
  readonly ghost: string | null;
  /** Kinds the legend has switched off. */
  readonly hidden: readonly NodeKind[];
  readonly outline: boolean;
  /** Whether ties that had ended are shown beside those that hold. */
  readonly ended: boolean;
  readonly persona: Persona;
  /** A partial date, or null for today. */
  readonly asOf: string | null;
};

const noFilters: Record<Facet, readonly string[]> = {
  kind: [],
  classification: [],
  issue: [],
  place: [],
  capacity: [],
  coalition: [],
};

const everywhere: Record<GapScope, string | null> = {
  issue: null,
  coalition: null,
  place: null,
  organization: null,
};

/** home is the view at the bare address. */
export const home: View = {
  screen: "home",
  text: "",
  filters: noFilters,
  sort: "relevance",
  gaps: { list: "all", kinds: [], scope: everywhere },
  introduction: null,
  party: null,
  selected: null,
  roots: [],
  ghost: null,
  hidden: [],
  outline: true,
  ended: true,
  persona: { as: "self" },
  asOf: null,
};

/** Step makes the next view of a view. */
export type Step = (view: View) => View;

/** go shows a screen, keeping the selection, the viewer and the date. */
export const go =
  (screen: Screen): Step =>
  (view) => ({
    ...view,
    screen: screen === "profile" && !view.selected ? "directory" : screen,
    introduction: null,
  });

/** ask searches the directory for words. */
export const ask =
  (text: string): Step =>
  (view) => ({ ...view, screen: "directory", text });

/** toggle adds a value to a facet or takes it away. */
export const toggle =
  (facet: Facet, value: string): Step =>
  (view) => ({ ...view, filters: { ...view.filters, [facet]: flip(view.filters[facet], value) } });

/** clearFilters takes every filter away and keeps the words. */
export const clearFilters: Step = (view) => ({ ...view, filters: noFilters });

/** sortBy orders the directory. */
export const sortBy =
  (sort: Sort): Step =>
  (view) => ({ ...view, sort });

/** select makes a node the selection, or none. A profile without its subject falls back to the directory. */
export const select =
  (id: string | null): Step =>
  (view) => ({ ...view, selected: id, screen: view.screen === "profile" && !id ? "directory" : view.screen });

/** openProfile shows all there is about a node. */
export const openProfile =
  (id: string): Step =>
  (view) => ({ ...view, screen: "profile", selected: id });

/** explore starts the explorer anew from a node. */
export const explore =
  (id: string): Step =>
  (view) => ({ ...view, screen: "explorer", selected: id, roots: [id], ghost: null });

/**
 * exploreAll starts the explorer anew from several nodes, with the first of them selected. Of nodes that a gap is
 * about, what is missing between them is drawn in.
 */
export const exploreAll =
  (ids: readonly string[], gap: string | null = null): Step =>
  (view) => ({ ...view, screen: "explorer", selected: ids[0] ?? null, roots: [...new Set(ids)], ghost: gap });

/** layGhost takes the missing tie off the canvas. */
export const layGhost: Step = (view) => ({ ...view, ghost: null });

/** listGaps shows another list of gaps, where one is or on their own screen. */
export const listGaps =
  (list: GapList, screen?: Screen): Step =>
  (view) => ({ ...view, screen: screen ?? view.screen, gaps: { ...view.gaps, list } });

/** toggleGapKind adds a kind of gap to those asked for or takes it away. */
export const toggleGapKind =
  (kind: GapKind): Step =>
  (view) => ({ ...view, gaps: { ...view.gaps, kinds: flip(view.gaps.kinds, kind) } });

/** scopeGaps narrows the gaps to a part of the network; null widens them again. */
export const scopeGaps =
  (scope: GapScope, value: string | null): Step =>
  (view) => ({ ...view, gaps: { ...view.gaps, scope: { ...view.gaps.scope, [scope]: value } } });

/** widenGaps takes every condition on the gaps away and keeps the list. */
export const widenGaps: Step = (view) => ({
  ...view,
  gaps: { ...view.gaps, kinds: [], scope: everywhere },
});

/** gapFilterCount counts the conditions in force on the gaps. */
export function gapFilterCount({ gaps }: View): number {
  return askedKinds(gaps).length + gapScopes.filter((scope) => gaps.scope[scope] !== null).length;
}

/** openIntroduction shows all there is about an introduction. */
export const openIntroduction =
  (id: string): Step =>
  (view) => ({ ...view, screen: "introductions", introduction: id });

/** introductionsOf shows the introductions of one party or broker; null shows all of them. */
export const introductionsOf =
  (party: string | null): Step =>
  (view) => ({ ...view, party });

/** expand adds the neighbourhood of a node to the canvas. */
export const expand =
  (id: string): Step =>
  (view) =>
    view.roots.includes(id) ? view : { ...view, roots: [...view.roots, id] };

/** collapse takes the neighbourhood of a node off the canvas. */
export const collapse =
  (id: string): Step =>
  (view) => ({ ...view, roots: view.roots.filter((root) => root !== id) });

/** toggleKind hides a kind on the canvas and in the outline, or shows it again. */
export const toggleKind =
  (kind: NodeKind): Step =>
  (view) => ({ ...view, hidden: flip(view.hidden, kind) });

/** toggleOutline shows or hides the outline beside the canvas. */
export const toggleOutline: Step = (view) => ({ ...view, outline: !view.outline });

/** toggleEnded shows or leaves out the ties that had ended. */
export const toggleEnded: Step = (view) => ({ ...view, ended: !view.ended });

/** seeAs looks through the eyes of another. */
export const seeAs =
  (persona: Persona): Step =>
  (view) => ({ ...view, persona });

/** onDate shows the network as it stood on a date; null is today. What is no partial date changes nothing. */
export const onDate =
  (date: string | null): Step =>
  (view) =>
    date === null || isPartialDate(date) ? { ...view, asOf: date } : view;

/** filterCount counts the values chosen in all facets. */
export function filterCount(view: View): number {
  return facets.reduce((sum, facet) => sum + view.filters[facet].length, 0);
}

/** isPartialDate tells whether a text is a day, month or year that exists, written as ISO. */
export function isPartialDate(text: string): boolean {
  const match = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/.exec(text);
  if (!match) return false;
  const [, year, month = "01", day = "01"] = match;
  const moment = new Date(`${year}-${month}-${day}T00:00:00Z`);
  return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(`${year}-${month}-${day}`);
}

function flip<T>(list: readonly T[], value: T): readonly T[] {
  return list.includes(value) ? list.filter((other) => other !== value) : [...list, value];
}

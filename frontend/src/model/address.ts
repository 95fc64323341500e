import { isGapKind } from "./gaps";
import { isNodeKind } from "./kinds";
import {
  facets,
  type GapList,
  gapLists,
  gapScopes,
  home,
  isPartialDate,
  type Persona,
  type Screen,
  type Sort,
  sorts,
  type View,
} from "./view";

/** One name in an address for each part of a view; short, since people paste these. */
const names = {
  text: "q",
  sort: "sort",
  list: "list",
  gap: "gap",
  party: "of",
  selected: "sel",
  root: "from",
  ghost: "missing",
  hide: "hide",
  outline: "outline",
  ended: "ended",
  see: "see",
  asOf: "on",
};

/** Values longer than this, or more of them, are no view of ours: they are dropped, so an address cannot hurt. */
const longest = 200;
const most = 50;

/** The screens whose path is theirs alone. */
const screens: Readonly<Record<string, Screen>> = {
  "/directory": "directory",
  "/explorer": "explorer",
  "/gaps": "gaps",
  "/introductions": "introductions",
};

/** writeAddress gives the path and query of a view. What is as at home is left out. */
export function writeAddress(view: View): string {
  const query = new URLSearchParams();
  if (view.text) query.set(names.text, view.text);
  for (const facet of facets) for (const value of view.filters[facet]) query.append(facet, value);
  if (view.sort !== home.sort) query.set(names.sort, view.sort);
  if (view.gaps.list !== home.gaps.list) query.set(names.list, view.gaps.list);
  for (const kind of view.gaps.kinds) query.append(names.gap, kind);
  for (const scope of gapScopes) {
    const value = view.gaps.scope[scope];
    if (value) query.set(`${names.gap}-${scope}`, value);
  }
  if (view.party) query.set(names.party, view.party);
  if (view.selected && view.screen !== "profile") query.set(names.selected, view.selected);
  for (const root of view.roots) query.append(names.root, root);
  if (view.ghost) query.set(names.ghost, view.ghost);
  for (const kind of view.hidden) query.append(names.hide, kind);
  if (!view.outline) query.set(names.outline, "off");
  if (!view.ended) query.set(names.ended, "off");
  if (view.persona.as !== "self") query.set(names.see, writePersona(view.persona));
  if (view.asOf) query.set(names.asOf, view.asOf);
  const path: Record<Screen, string> = {
    home: "/",
    directory: "/directory",
    explorer: "/explorer",
    profile: `/profile/${encodeURIComponent(view.selected ?? "")}`,
    gaps: "/gaps",
    introductions: `/introductions${view.introduction ? `/${encodeURIComponent(view.introduction)}` : ""}`,
  };
  const search = query.toString();
  return path[view.screen] + (search && `?${search}`);
}

/** readAddress gives the view of any address. What it does not understand is as at home; it never fails. */
export function readAddress(pathname: string, search: string): View {
  const query = new URLSearchParams(search);
  const list = (name: string) => [...new Set(query.getAll(name))].filter(fits).slice(0, most);
  const one = (name: string) => list(name)[0] ?? null;

  const subject = readSubject(pathname, "profile");
  const introduction = readSubject(pathname, "introductions");
  const asOf = one(names.asOf);
  const sort = one(names.sort);
  const gaps = one(names.list);
  const scope = (name: (typeof gapScopes)[number]) => one(`${names.gap}-${name}`);
  return {
    screen: subject ? "profile" : introduction ? "introductions" : (screens[pathname] ?? "home"),
    text: one(names.text) ?? "",
    filters: {
      kind: list("kind"),
      classification: list("classification"),
      issue: list("issue"),
      place: list("place"),
      capacity: list("capacity"),
      coalition: list("coalition"),
    },
    sort: sorts.includes(sort as Sort) ? (sort as Sort) : home.sort,
    gaps: {
      list: gapLists.includes(gaps as GapList) ? (gaps as GapList) : home.gaps.list,
      kinds: list(names.gap).filter(isGapKind),
      scope: {
        issue: scope("issue"),
        coalition: scope("coalition"),
        place: scope("place"),
        organization: scope("organization"),
      },
    },
    introduction,
    party: one(names.party),
    selected: subject ?? one(names.selected),
    roots: list(names.root),
    ghost: one(names.ghost),
    hidden: list(names.hide).filter(isNodeKind),
    outline: one(names.outline) !== "off",
    ended: one(names.ended) !== "off",
    persona: readPersona(one(names.see)),
    asOf: asOf && isPartialDate(asOf) ? asOf : null,
  };
}

/** writePersona gives a persona as one word, the same in an address, in a control and to the server. */
export function writePersona(persona: Persona): string {
  if (persona.as === "coalition") return `member:${persona.of}`;
  return persona.as === "organization" ? `organization:${persona.of}` : persona.as;
}

/** readPersona reads what writePersona wrote; anything else is oneself. */
export function readPersona(word: string | null): Persona {
  if (word === "visitor" || word === "member" || word === "coordinator") return { as: word };
  const [, kind, of] = /^(member|organization):(.+)$/.exec(word ?? "") ?? [];
  return of ? { as: kind === "member" ? "coalition" : "organization", of } : home.persona;
}

function fits(value: string): boolean {
  return value.length > 0 && value.length <= longest;
}

/** What a path below a screen is about. */
function readSubject(pathname: string, screen: Screen): string | null {
  const [, first, id = "", ...more] = pathname.split("/");
  if (first !== screen || more.length > 0) return null;
  return decoded(id);
}

function decoded(text: string): string | null {
  try {
    const id = decodeURIComponent(text);
    return fits(id) ? id : null;
  } catch {
    return null;
  }
}

import { isNodeKind } from "./kinds";
import { facets, home, isPartialDate, type Persona, type Sort, sorts, type View } from "./view";

/** One name in an address for each part of a view; short, since people paste these. */
const names = {
  text: "q",
  sort: "sort",
  selected: "sel",
  root: "from",
  hide: "hide",
  outline: "outline",
  see: "see",
  asOf: "on",
};

/** Values longer than this, or more of them, are no view of ours: they are dropped, so an address cannot hurt. */
const longest = 200;
const most = 50;

/** writeAddress gives the path and query of a view. What is as at home is left out. */
export function writeAddress(view: View): string {
  const query = new URLSearchParams();
  if (view.text) query.set(names.text, view.text);
  for (const facet of facets) for (const value of view.filters[facet]) query.append(facet, value);
  if (view.sort !== home.sort) query.set(names.sort, view.sort);
  if (view.selected && view.screen !== "profile") query.set(names.selected, view.selected);
  for (const root of view.roots) query.append(names.root, root);
  for (const kind of view.hidden) query.append(names.hide, kind);
  if (!view.outline) query.set(names.outline, "off");
  if (view.persona.as !== "self") query.set(names.see, writePersona(view.persona));
  if (view.asOf) query.set(names.asOf, view.asOf);
  const path = {
    directory: "/",
    explorer: "/explorer",
    profile: `/profile/${encodeURIComponent(view.selected ?? "")}`,
  };
  const search = query.toString();
  return path[view.screen] + (search && `?${search}`);
}

/** readAddress gives the view of any address. What it does not understand is as at home; it never fails. */
export function readAddress(pathname: string, search: string): View {
  const query = new URLSearchParams(search);
  const list = (name: string) => [...new Set(query.getAll(name))].filter(fits).slice(0, most);
  const one = (name: string) => list(name)[0] ?? null;

  const subject = readSubject(pathname);
  const asOf = one(names.asOf);
  const sort = one(names.sort);
  return {
    screen: subject ? "profile" : pathname === "/explorer" ? "explorer" : "directory",
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
    selected: subject ?? one(names.selected),
    roots: list(names.root),
    hidden: list(names.hide).filter(isNodeKind),
    outline: one(names.outline) !== "off",
    persona: readPersona(one(names.see)),
    asOf: asOf && isPartialDate(asOf) ? asOf : null,
  };
}

/** writePersona gives a persona as one word, the same in an address, in a control and to the server. */
export function writePersona(persona: Persona): string {
  return persona.as === "coalition" ? `member:${persona.coalition}` : persona.as;
}

/** readPersona reads what writePersona wrote; anything else is oneself. */
export function readPersona(word: string | null): Persona {
  if (word === "visitor" || word === "member" || word === "coordinator") return { as: word };
  const coalition = word?.startsWith("member:") ? word.slice("member:".length) : "";
  return coalition ? { as: "coalition", coalition } : home.persona;
}

function fits(value: string): boolean {
  return value.length > 0 && value.length <= longest;
}

function readSubject(pathname: string): string | null {
  const match = /^\/profile\/([^/]+)$/.exec(pathname);
  if (!match) return null;
  try {
    const id = decodeURIComponent(match[1]!);
    return fits(id) ? id : null;
  } catch {
    return null;
  }
}

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readAddress, readPersona, writeAddress, writePersona } from "./address";
import { gapKinds } from "./gaps";
import { nodeKinds } from "./kinds";
import {
  ask,
  clearFilters,
  collapse,
  expand,
  explore,
  facets,
  filterCount,
  gapFilterCount,
  gapLists,
  go,
  home,
  isPartialDate,
  listGaps,
  onDate,
  openIntroduction,
  openProfile,
  type Persona,
  type Screen,
  scopeGaps,
  select,
  sorts,
  toggle,
  toggleGapKind,
  toggleKind,
  type View,
  widenGaps,
} from "./view";

const id = fc.stringMatching(/^[A-Za-z0-9_-]{1,32}$/);
// A lone surrogate cannot be in an address; every other text can.
const word = fc.string({ minLength: 1, maxLength: 60, unit: "grapheme" });
const some = <T>(value: fc.Arbitrary<T>) => fc.uniqueArray(value, { maxLength: 5 });
const persona: fc.Arbitrary<Persona> = fc.oneof(
  fc
    .constantFrom("self" as const, "coordinator" as const, "visitor" as const, "member" as const)
    .map((as) => ({ as })),
  fc.record({ as: fc.constantFrom("coalition" as const, "organization" as const), of: id }),
);
const date = fc
  .tuple(
    fc.integer({ min: 1900, max: 2100 }),
    fc.integer({ min: 1, max: 12 }),
    fc.integer({ min: 1, max: 28 }),
    fc.integer({ min: 1, max: 3 }),
  )
  .map(([y, m, d, parts]) =>
    [y, String(m).padStart(2, "0"), String(d).padStart(2, "0")].slice(0, parts).join("-"),
  );

const anyView: fc.Arbitrary<View> = fc
  .record({
    screen: fc.constantFrom<Screen>("home", "directory", "explorer", "profile", "gaps", "introductions"),
    text: fc.oneof(fc.constant(""), word),
    filters: fc.record(
      Object.fromEntries(facets.map((facet) => [facet, some(word)])) as Record<
        (typeof facets)[number],
        fc.Arbitrary<string[]>
      >,
    ),
    sort: fc.constantFrom(...sorts),
    gaps: fc.record({
      list: fc.constantFrom(...gapLists),
      kinds: fc.subarray([...gapKinds]),
      scope: fc.record({
        issue: fc.option(id),
        coalition: fc.option(id),
        place: fc.option(word),
        organization: fc.option(id),
      }),
    }),
    introduction: fc.option(id),
    party: fc.option(id),
    selected: fc.option(id),
    ghost: fc.option(id),
    roots: some(id),
    hidden: fc.subarray(nodeKinds),
    outline: fc.boolean(),
    ended: fc.boolean(),
    persona,
    asOf: fc.option(date),
  })
  .map((view) => ({
    ...view,
    screen: view.screen === "profile" && !view.selected ? "directory" : view.screen,
    // An introduction is open on its own screen and nowhere else.
    introduction: view.screen === "introductions" ? view.introduction : null,
  }));

function visit(address: string): View {
  const url = new URL(address, "http://weft.test");
  return readAddress(url.pathname, url.search);
}

describe("address", () => {
  test("holds the whole view", () => {
    fc.assert(
      fc.property(anyView, (view) => {
        expect(visit(writeAddress(view))).toEqual(view);
      }),
    );
  });

  test("of home is bare", () => {
    expect(writeAddress(home)).toBe("/");
    expect(visit("/")).toEqual(home);
  });

  test("of anything at all is read without failing, and settles", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (path, query) => {
        const view = readAddress(`/${path}`, `?${query}`);
        expect(visit(writeAddress(view))).toEqual(view);
      }),
    );
  });

  test("drops what is not a view", () => {
    expect(visit("/nowhere?sort=luck&hide=Robot&on=2019-13&see=admin&outline=maybe")).toEqual(home);
    expect(visit(`/?q=${"x".repeat(201)}`)).toEqual(home);
    expect(visit("/profile/%E0%A4%A")).toEqual(home);
  });

  test("is readable", () => {
    const view = toggle("kind", "Organization")(ask("rivers")(home));
    expect(writeAddress(view)).toBe("/directory?q=rivers&kind=Organization");
    expect(writeAddress(openProfile("n1")(view))).toBe("/profile/n1?q=rivers&kind=Organization");
    const gaps = scopeGaps("place", "Haifa")(toggleGapKind("SILO")(listGaps("ready", "gaps")(home)));
    expect(writeAddress(gaps)).toBe("/gaps?list=ready&gap=SILO&gap-place=Haifa");
    expect(writeAddress(openIntroduction("i1")(home))).toBe("/introductions/i1");
    expect(writeAddress(go("introductions")(openIntroduction("i1")(home)))).toBe("/introductions");
  });
});

test("a persona is one word", () => {
  fc.assert(
    fc.property(persona, (p) => {
      expect(readPersona(writePersona(p))).toEqual(p);
    }),
  );
});

describe("view", () => {
  test("toggling twice changes nothing, and clearing takes all away", () => {
    fc.assert(
      fc.property(anyView, word, (view, value) => {
        fc.pre(!view.filters.issue.includes(value));
        expect(toggle("issue", value)(toggle("issue", value)(view))).toEqual(view);
        expect(filterCount(toggle("issue", value)(view))).toBe(filterCount(view) + 1);
        expect(filterCount(clearFilters(view))).toBe(0);
      }),
    );
    expect(toggleKind("Issue")(toggleKind("Issue")(home))).toEqual(home);
  });

  test("conditions on the gaps are counted and taken away together, and the list stays", () => {
    const view = scopeGaps("issue", "i")(toggleGapKind("SILO")(toggleGapKind("MISSING_TIE")(home)));
    expect(gapFilterCount(view)).toBe(3);
    // What the list cannot hold is no condition on it.
    const bridging = listGaps("bridging")(view);
    expect(gapFilterCount(bridging)).toBe(2);
    expect(gapFilterCount(widenGaps(bridging))).toBe(0);
    expect(widenGaps(bridging).gaps.list).toBe("bridging");
    expect(toggleGapKind("SILO")(view).gaps.kinds).toEqual(["MISSING_TIE"]);
  });

  test("expanding is once, collapsing undoes it", () => {
    const view = expand("b")(expand("b")(explore("a")(home)));
    expect(view.roots).toEqual(["a", "b"]);
    expect(collapse("b")(view).roots).toEqual(["a"]);
  });

  test("a profile is always about somebody", () => {
    expect(go("profile")(home).screen).toBe("directory");
    expect(select(null)(openProfile("a")(home)).screen).toBe("directory");
  });

  test("only dates that exist are dates", () => {
    expect(["2019", "2019-05", "2020-02-29"].map(isPartialDate)).toEqual([true, true, true]);
    expect(["", "19", "2019-13", "2019-02-29", "2019-00", "2019-5", "soon"].map(isPartialDate)).toEqual(
      Array(7).fill(false),
    );
    expect(onDate("2019-13")(home)).toBe(home);
  });
});

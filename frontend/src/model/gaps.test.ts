import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { gapKinds, isGapKind, mailAddress, open, type Subject, stageOf, waysOf } from "./gaps";

const node = (id: string, kind: Subject["kind"] = "Organization"): Subject => ({ id, kind, name: id });
const a = node("a");
const b = node("b");
const coalition = node("c", "Coalition");
const step = (key: string, who: readonly Subject[] = []) => ({ message: { key }, who });

/** The sentences the server has for next steps. */
const source = readFileSync(new URL("../../../graph/analysis/english.go", import.meta.url), "utf8");
const steps = [...source.matchAll(/^\t"(next\.[\w.]+)":/gm)].map((m) => m[1]!);

describe("waysOf", () => {
  test("has a way for every next step of the server but to seek outside the network", () => {
    expect(steps.length).toBeGreaterThan(10);
    const without = steps.filter(
      (key) => waysOf({ nodes: [a, b], links: [], nextStep: step(key, [node("x"), node("y")]) }).length === 0,
    );
    expect(without).toEqual(["next.seek", "next.seek.open"]);
  });

  test("introduces two through the third, and records a tie that is there already", () => {
    const ways = waysOf({
      nodes: [a, b],
      links: [],
      nextStep: step("next.introduce.broker", [a, node("z"), node("i", "Issue")]),
    });
    expect(ways).toEqual([
      { type: "introduce", a, b, brokers: [node("z")] },
      { type: "tie", tie: { from: a, to: b, kind: null } },
    ]);
  });

  test("invites into a coalition, whose membership can be recorded", () => {
    const ways = waysOf({ nodes: [a, coalition], links: [], nextStep: step("next.invite", [coalition]) });
    expect(ways).toEqual([
      { type: "invite", a, b: coalition, brokers: [] },
      { type: "membership", tie: { from: a, to: coalition, kind: "MEMBER_OF" } },
    ]);
  });

  test("introduces only those who act, and not one to itself", () => {
    const issue = node("i", "Issue");
    const types = (who: readonly Subject[]) =>
      waysOf({ nodes: [issue], links: [], nextStep: step("next.convene", who) }).map(({ type }) => type);
    expect(types([a, b])).toEqual(["introduce", "write"]);
    expect(types([a, issue])).toEqual(["write"]);
    expect(types([a, a])).toEqual(["write"]);
    expect(types([])).toEqual([]);
  });

  test("merges two that may be one, first of all", () => {
    const ways = waysOf({ nodes: [a, b], links: [], nextStep: step("next.same", [node("z")]) });
    expect(ways).toEqual([
      { type: "merge", node: a, other: b },
      { type: "introduce", a, b, brokers: [node("z")] },
    ]);
  });

  test("renews a dialogue by a contact, and an alliance by a dialogue", () => {
    const of = (kind: "ALLIED_WITH" | "IN_DIALOGUE_WITH") =>
      waysOf({ nodes: [a, b], links: [{ id: "l", kind }], nextStep: step("next.renew", [a, b]) })[0];
    expect(of("IN_DIALOGUE_WITH")).toEqual({ type: "contact", link: "l", a, b });
    expect(of("ALLIED_WITH")).toEqual({
      type: "dialogue",
      tie: { from: a, to: b, kind: "IN_DIALOGUE_WITH" },
    });
  });

  test("does nothing about a step it does not know", () => {
    expect(waysOf({ nodes: [a, b], links: [], nextStep: step("next.new", [a]) })).toEqual([]);
  });
});

test("the kinds of gap are those of the server", () => {
  const schema = readFileSync(new URL("../../../schema.graphqls", import.meta.url), "utf8");
  const body = /^enum GapKind \{\n([\s\S]*?)^\}/m.exec(schema)![1]!;
  expect(gapKinds).toEqual([...body.matchAll(/^ {2}(\w+)$/gm)].map((m) => m[1]));
  expect(isGapKind("SILO")).toBe(true);
  expect(isGapKind("Robot")).toBe(false);
});

test("only reasons that everybody may see are written to anybody", () => {
  const seen = { nodes: [{ visibility: "PUBLIC" as const }], links: [{ visibility: "PUBLIC" as const }] };
  const node = { ...seen, nodes: [...seen.nodes, { visibility: "MEMBERS" as const }] };
  const link = { ...seen, links: [{ visibility: "SEALED" as const }] };
  expect(open([node, seen, link])).toEqual([seen]);
});

test("an introduction moves along the board", () => {
  const at = (state: Parameters<typeof stageOf>[0]["state"], outcome: string | null = null) =>
    stageOf({ state, outcome });
  expect([at("SUGGESTED"), at("PROPOSED"), at("ACCEPTED"), at("MADE"), at("MADE", "TIE")]).toEqual([
    "suggested",
    "proposed",
    "accepted",
    "made",
    "outcome",
  ]);
  expect([at("DECLINED"), at("DISMISSED")]).toEqual(["closed", "closed"]);
});

test("a mail address keeps every sign of the message", () => {
  const address = mailAddress(["ana@light.example"], "Mé & you?", "Dear ana,\n– 100% ok + عتبة");
  const url = new URL(address);
  expect(url.pathname).toBe("ana@light.example");
  expect(address).not.toContain("+");
  expect(url.searchParams.get("subject")).toBe("Mé & you?");
  expect(url.searchParams.get("body")).toBe("Dear ana,\r\n– 100% ok + عتبة");
  expect(mailAddress(["a?b@c.example", "d@e.example"], "", "")).toBe(
    "mailto:a%3Fb@c.example,d@e.example?subject=&body=",
  );
  expect(mailAddress([], "", "")).toBe("mailto:?subject=&body=");
});

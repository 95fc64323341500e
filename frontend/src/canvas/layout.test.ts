import { expect, test } from "vitest";
import type { Network } from "../model/network";
import { Layout } from "./layout";

/** Two rings of ten joined by one tie. */
const rings: Network = (() => {
  const ids = Array.from({ length: 20 }, (_, at) => `node-${at}`);
  const from = [...ids.keys(), 0];
  const to = [...ids.keys()].map((at) => (at < 10 ? (at + 1) % 10 : 10 + ((at - 9) % 10)));
  to.push(10);
  return {
    ids,
    kinds: ids.map(() => "Organization" as const),
    names: ids,
    ties: ids.map(() => 2),
    links: {
      ids: from.map((_, at) => `l${at}`),
      from,
      to,
      kinds: from.map(() => "ALLIED_WITH" as const),
      strength: from.map(() => 3),
      state: from.map(() => "CONFIRMED" as const),
      ended: from.map(() => false),
    },
  };
})();

function settle(layout: Layout): { x: number; y: number }[] {
  while (!layout.settled) layout.advance(5);
  return rings.ids.map((_, row) => layout.at(row));
}

test("the same network always comes to lie the same way", () => {
  expect(settle(new Layout(rings, new Map()))).toEqual(settle(new Layout(rings, new Map())));
});

test("what is tied lies closer than what is not", () => {
  const places = settle(new Layout(rings, new Map()));
  const distance = (a: number, b: number) =>
    Math.hypot(places[a]!.x - places[b]!.x, places[a]!.y - places[b]!.y);
  const mean = (pairs: [number, number][]) =>
    pairs.reduce((sum, [a, b]) => sum + distance(a, b), 0) / pairs.length;
  const tied = rings.links.from.map((from, at): [number, number] => [from, rings.links.to[at]!]);
  const apart = Array.from({ length: 9 }, (_, at): [number, number] => [at + 1, at + 11]);
  expect(mean(tied)).toBeLessThan(mean(apart) / 2);
});

test("a network already laid out does not move, and a new node starts beside its neighbour", () => {
  const places = settle(new Layout(rings, new Map()));
  const known = new Map(rings.ids.map((id, row) => [id, places[row]!]));
  const again = new Layout(rings, known);
  expect(again.settled).toBe(true);
  expect(again.at(3)).toEqual(places[3]);

  known.delete("node-1");
  const grown = new Layout(rings, known);
  expect(grown.settled).toBe(false);
  const [start, neighbour] = [grown.at(1), places[0]!];
  expect(Math.hypot(start.x - neighbour.x, start.y - neighbour.y)).toBeLessThan(20);
});

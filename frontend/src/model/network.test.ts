import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { linkKinds, nodeKinds } from "./kinds";
import { type Label, placeLabels } from "./labels";
import { type Network, radius, tiesOf, without } from "./network";
import { type OutlineItem, outline } from "./outline";

/** Any network of up to twelve nodes, loops and parallel links included. */
const anyNetwork: fc.Arbitrary<Network> = fc.integer({ min: 1, max: 12 }).chain((count) =>
  fc
    .record({
      kinds: fc.array(fc.constantFrom(...nodeKinds), { minLength: count, maxLength: count }),
      links: fc.array(
        fc.record({
          from: fc.nat({ max: count - 1 }),
          to: fc.nat({ max: count - 1 }),
          kind: fc.constantFrom(...linkKinds),
          ended: fc.boolean(),
        }),
        { maxLength: 24 },
      ),
    })
    .map(({ kinds, links }) => ({
      ids: kinds.map((_, at) => `n${at}`),
      kinds,
      names: kinds.map((kind, at) => `${kind} ${at}`),
      ties: kinds.map(() => 0),
      links: {
        ids: links.map((_, at) => `l${at}`),
        from: links.map((l) => l.from),
        to: links.map((l) => l.to),
        kinds: links.map((l) => l.kind),
        strength: links.map(() => 3),
        state: links.map(() => "CLAIMED" as const),
        ended: links.map((l) => l.ended),
      },
    })),
);

describe("without", () => {
  test("keeps exactly the visible nodes and the links between them", () => {
    fc.assert(
      fc.property(anyNetwork, fc.subarray(nodeKinds), (network, hidden) => {
        const left = without(network, hidden);
        expect(left.kinds.some((kind) => hidden.includes(kind))).toBe(false);
        expect(left.ids).toEqual(network.ids.filter((_, at) => !hidden.includes(network.kinds[at]!)));
        const named = (n: Network) =>
          n.links.ids.map((id, at) => `${id} ${n.ids[n.links.from[at]!]} ${n.ids[n.links.to[at]!]}`);
        const visible = new Set(left.ids);
        expect(named(left)).toEqual(
          named(network).filter((text) =>
            text
              .split(" ")
              .slice(1)
              .every((id) => visible.has(id)),
          ),
        );
      }),
    );
  });
});

test("every tie is seen from both its ends", () => {
  fc.assert(
    fc.property(anyNetwork, (network) => {
      const ties = tiesOf(network);
      const loops = network.links.from.filter((from, at) => from === network.links.to[at]).length;
      expect(ties.flat()).toHaveLength(2 * network.links.ids.length - loops);
    }),
  );
});

describe("outline", () => {
  const walk = (items: readonly OutlineItem[], visit: (item: OutlineItem) => void): void => {
    for (const item of items) {
      visit(item);
      walk(item.children, visit);
    }
  };

  test("names every node and, when all are open, every tie; keys are unique; circles end", () => {
    fc.assert(
      fc.property(anyNetwork, fc.nat({ max: 3 }), (network, opened) => {
        const roots = network.ids.slice(0, opened);
        const rows = new Set<number>();
        const links = new Set<number>();
        const keys: string[] = [];
        walk(outline(network, roots), (item) => {
          keys.push(item.key);
          if (item.type === "node") {
            rows.add(item.row);
            if (item.link !== null) links.add(item.link);
          }
        });
        expect(rows.size).toBe(network.ids.length);
        expect(new Set(keys).size).toBe(keys.length);
        const touching = network.links.ids.filter(
          (_, at) => network.links.from[at]! < roots.length || network.links.to[at]! < roots.length,
        );
        expect(links.size).toBe(touching.length);
      }),
      { numRuns: 60 },
    );
  });

  test("groups the ties of a node by kind and direction", () => {
    const network: Network = {
      ids: ["a", "b", "c"],
      kinds: ["Organization", "Coalition", "Organization"],
      names: ["A", "B", "C"],
      ties: [2, 1, 1],
      links: {
        ids: ["1", "2"],
        from: [0, 2],
        to: [1, 0],
        kinds: ["MEMBER_OF", "FUNDS"],
        strength: [3, 3],
        state: ["CONFIRMED", "CLAIMED"],
        ended: [false, false],
      },
    };
    const [top] = outline(network, ["a"]);
    expect(
      top!.children.map((group) => [group.kind, group.out, group.children.map((child) => child.row)]),
    ).toEqual([
      ["MEMBER_OF", true, [1]],
      ["FUNDS", false, [2]],
    ]);
  });
});

describe("labels", () => {
  const label = fc.record({
    id: fc.uuid(),
    x: fc.integer({ min: 0, max: 400 }),
    y: fc.integer({ min: 0, max: 300 }),
    radius: fc.integer({ min: 3, max: 18 }),
    width: fc.integer({ min: 10, max: 160 }),
    height: fc.constant(14),
    importance: fc.integer({ min: 0, max: 5 }),
  });

  test("never overlap, and the most important one that can be seen is there", () => {
    fc.assert(
      fc.property(fc.array(label, { maxLength: 60 }), (labels: Label[]) => {
        const placed = placeLabels(labels, 400, 300);
        for (const [at, a] of placed.entries())
          for (const b of placed.slice(at + 1)) {
            const apart =
              Math.abs(a.x - b.x) >= (a.label.width + b.label.width) / 2 ||
              Math.abs(a.y - b.y) >= (a.label.height + b.label.height) / 2;
            expect(apart).toBe(true);
          }
        for (const { label, x } of placed)
          if (label.x > 0 && label.x < 400) {
            expect(x - label.width / 2).toBeGreaterThanOrEqual(0);
            expect(x + label.width / 2).toBeLessThanOrEqual(400);
          }
        const first = [...labels].sort((a, b) => b.importance - a.importance || (a.id < b.id ? -1 : 1))[0];
        if (first) expect(placed[0]?.label).toBe(first);
      }),
    );
  });
});

test("a node grows with its ties, within bounds", () => {
  expect(radius("Organization", 9)).toBeGreaterThan(radius("Organization", 1));
  expect(radius("Organization", 1e6)).toBe(18);
});

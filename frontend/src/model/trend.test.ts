import fc from "fast-check";
import { expect, test } from "vitest";
import { plot, trendDays } from "./trend";
import { isPartialDate } from "./view";

test("a trend is told for the quarters of three years before a date, and for the date", () => {
  const days = trendDays("2026-02-14");
  expect(days).toHaveLength(13);
  expect(days.slice(0, 3)).toEqual(["2023-02", "2023-05", "2023-08"]);
  expect(days.slice(-3)).toEqual(["2025-08", "2025-11", "2026-02-14"]);
  // A year stands for its end.
  expect(trendDays("2024").slice(-2)).toEqual(["2024-09", "2024"]);
});

test("every day of a trend is a date, each later than the one before", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1010, max: 9999 }), fc.integer({ min: 1, max: 12 }), (year, month) => {
      const days = trendDays(`${year}-${String(month).padStart(2, "0")}-15`);
      expect(days.filter((day) => !isPartialDate(day))).toEqual([]);
      expect([...days].sort()).toEqual(days);
    }),
  );
});

test("values are plotted from edge to edge, and a constant in the middle", () => {
  expect(plot([10, 30, 20], 100, 20)).toEqual([
    { x: 0, y: 20 },
    { x: 50, y: 0 },
    { x: 100, y: 10 },
  ]);
  expect(plot([5, 5], 100, 20)).toEqual([
    { x: 0, y: 10 },
    { x: 100, y: 10 },
  ]);
  expect(plot([7], 100, 20)).toEqual([{ x: 50, y: 10 }]);
});

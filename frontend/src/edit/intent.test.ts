import { expect, test } from "vitest";
import { Intent } from "./intent";

test("the same input sent again has the same key, another input and another intent have others", () => {
  const intent = new Intent();
  const first = intent.keyOf({ name: "A" });
  expect(intent.keyOf({ name: "A" })).toBe(first);
  expect(intent.keyOf({ name: "B" })).not.toBe(first);
  expect(new Intent().keyOf({ name: "A" })).not.toBe(first);
  expect(first).toMatch(/^[0-9a-f]{32}$/);
});

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { en } from "./locales/en";
import { translator } from "./translator";
import { fieldName, word } from "./words";

const schema = readFileSync(new URL("../../../schema.graphqls", import.meta.url), "utf8");
const t = translator("en", en);

/** Enums that name how to ask, not what is stored. */
const technical = new Set([
  "Sort",
  "Direction",
  "FieldType",
  "Class",
  "EventKind",
  "Level",
  "NodeKind",
  "LinkKind",
  "GapList",
  "ArgType",
  "Dimension",
  "PathOrder",
]);

test("every word of every vocabulary has a name", () => {
  const missing = [...schema.matchAll(/^enum (\w+) \{\n([\s\S]*?)^\}/gm)].flatMap(([, name, body]) =>
    technical.has(name!)
      ? []
      : [...body!.matchAll(/^ {2}(\w+)$/gm)]
          .map(([, value]) => `${name}.${value}`)
          .filter((key) => !Object.hasOwn(en, key[0]!.toLowerCase() + key.slice(1))),
  );
  expect(missing).toEqual([]);
});

test("every field that can be set has a name", () => {
  const inputs = [...schema.matchAll(/^input (\w+Fields|\w+PointInput) \{\n([\s\S]*?)^\}/gm)];
  expect(inputs.length).toBeGreaterThan(20);
  const missing = inputs.flatMap(([, , body]) =>
    [...body!.matchAll(/^ {2}(\w+): (\w+|\[\w+!\])/gm)]
      .filter(([, , type]) => !type!.endsWith("Fields") && type !== "ConsentInput")
      .map(([, path]) => path!)
      .filter(
        (path) => !Object.hasOwn(en, `field.${path}`) && !Object.hasOwn(en, `field.contactPoints.${path}`),
      ),
  );
  expect(missing).toEqual([]);
});

test("a kind may call a field its own way, and what is not known comes back as it is", () => {
  expect(fieldName(t, "capacity", "WORKS_ON")).toBe("Capacity");
  expect(fieldName(t, "capacity", "Event")).toBe("Room for");
  expect(fieldName(t, "x")).toBe("x");
  expect(word(t, "MemberRole", "CHAIR")).toBe("Chair");
  expect(word(t, "MemberRole", "X")).toBe("X");
});

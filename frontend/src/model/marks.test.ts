import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { holds, marks } from "./marks";

const show = (text: string, searched: string) =>
  marks(text, searched)
    .map((part) => (part.found ? `[${part.text}]` : part.text))
    .join("");

describe("marks", () => {
  test.each([
    ["Open Rivers", "riv", "Open [Riv]ers"],
    ["Fédération", "feder", "[Fédér]ation"],
    ["اتحاد الأنهار", "الانهار", "اتحاد [الأنهار]"],
    ["מרכז שָׁלוֹם", "שלום", "מרכז [שָׁלוֹם]"],
    ["Open Rivers", "", "Open Rivers"],
    ["Carivers", "riv", "Carivers"],
  ])("%s searched for %s", (text, searched, expected) => {
    expect(show(text, searched).normalize("NFC")).toBe(expected.normalize("NFC"));
  });

  test("loses nothing of the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }), (text, searched) => {
        expect(
          marks(text, searched)
            .map((part) => part.text)
            .join(""),
        ).toBe(text);
      }),
    );
  });
});

test.each([
  ["Fédération des Rives", "federation d", true],
  ["اتحاد الأنهار", "الانهار", true],
  ["Registry Watch", "watch ", true],
  ["Registry Watch", "watch reg", false],
  ["Registry Watch", "", true],
])("whether %s holds %s", (text, searched, expected) => expect(holds(text, searched)).toBe(expected));

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { make } from "./I18n";
import { ar } from "./locales/ar";
import { en } from "./locales/en";
import { he } from "./locales/he";
import { type Message, plain, say, tell } from "./say";

/** The server's messages in English, by key, read from where it keeps them. */
const source = readFileSync(new URL("../../../graph/analysis/english.go", import.meta.url), "utf8");
const table = /var english = map\[string\]string\{\n([\s\S]*?)\n\}/.exec(source)![1]!;
const messages = new Map(
  [...table.matchAll(/^\t"([\w.]+)":\s*"((?:[^"\\]|\\.)*)",$/gm)].map((m) => [m[1]!, m[2]!] as const),
);

/** The arguments that a sentence of the server has: {name}, or {name|one|many}. */
const argsOf = (text: string) => new Set([...text.matchAll(/\{(\w+)[|}]/g)].map((m) => m[1]!));

/** The values that a text of the front end wants: what stands in braces and is not a branch of a plural. */
const placeholders = (text: string) =>
  [...text.matchAll(/(?<!(?:=\d|zero|one|two|few|many|other) )\{(\w+)(?=[,}])/g)].map((m) => m[1]!);

const catalogues = { en, ar, he };

describe("the messages of the server", () => {
  test("are found in its source", () => {
    expect(messages.size).toBeGreaterThan(50);
    expect(messages.get("gap.tie")).toContain("{a}");
    expect(table.match(/^\t"/gm)!.length).toBe(messages.size);
  });

  test("all have words here, and there are no words for others", () => {
    const known = Object.keys(en)
      .filter((key) => key.startsWith("say.") && key !== "say.more" && key !== "say.nobody")
      .map((key) => key.slice("say.".length));
    expect(known.sort()).toEqual([...messages.keys()].sort());
  });

  test.each(Object.entries(catalogues))(
    "are said in %s with their own arguments and no others",
    (_, words) => {
      for (const [key, text] of messages) {
        const args = argsOf(text);
        const wanted = placeholders(words[`say.${key}` as keyof typeof en]).map((name) =>
          args.has(name) ? name : name.replace(/Count$/, ""),
        );
        expect(new Set(wanted), key).toEqual(new Set([...wanted].filter((name) => args.has(name))));
        // Every node that the English names is named in every language: names are the way to the evidence.
        for (const name of args) expect(wanted, `${key} leaves out ${name}`).toContain(name);
      }
    },
  );
});

test.each(Object.entries(catalogues))(
  "what is told to others in %s is of the server's messages",
  (_, words) => {
    const told = Object.keys(words).filter((key) => key.startsWith("tell."));
    expect(told.length).toBeGreaterThan(10);
    for (const key of told) {
      const args = argsOf(messages.get(key.slice("tell.".length)) ?? "");
      for (const name of placeholders(words[key as keyof typeof en]))
        expect([...args], `${key}: ${name}`).toContain(name.replace(/Count$/, ""));
    }
  },
);

const blank = { nodes: [], names: [], number: 0, date: null, text: "", words: [] };
const partners: Message = {
  key: "tie.partners",
  english: "5 shared partners: A, B, ج and 2 more",
  args: [
    { ...blank, name: "count", type: "COUNT", number: 5 },
    {
      ...blank,
      name: "partners",
      type: "NODES",
      nodes: ["1", "2", "3", "4", "5"],
      names: ["Aye", "Bee", "جيم", "Dee", "Eee"],
    },
  ],
};

describe("say", () => {
  test("names nodes so that they can be opened, the first three of many", () => {
    const i18n = make("en", en);
    const parts = say(i18n, partners);
    expect(parts).toEqual([
      "5 shared partners: ",
      { id: "1", name: "Aye" },
      ", ",
      { id: "2", name: "Bee" },
      ", ",
      { id: "3", name: "جيم" },
      ", and 2 more",
    ]);
    expect(plain(i18n, parts)).toBe("5 shared partners: Aye, Bee, \u2068جيم\u2069, and 2 more");
  });

  test("has the plural of each language", () => {
    expect(plain(make("ar", ar), say(make("ar", ar), partners))).toMatch(/^5 شركاء مشتركين: /);
    expect(plain(make("he", he), say(make("he", he), partners))).toMatch(/^5 שותפים משותפים: /);
  });

  test("writes words, spans and shares as the language does", () => {
    const message: Message = {
      key: "cold.mattered",
      english: "",
      args: [
        { ...blank, name: "strength", type: "COUNT", number: 4 },
        { ...blank, name: "state", type: "WORDS", text: "LinkState", words: ["CONFIRMED"] },
      ],
    };
    const i18n = make("en", en);
    expect(say(i18n, message)).toEqual(["A tie of strength 4 of 5, confirmed"]);
    const silent = (number: number): Message => ({
      key: "gap.stale",
      english: "",
      args: [
        { ...blank, name: "record", type: "NODE", nodes: ["1"], names: ["Aye"] },
        { ...blank, name: "age", type: "DAYS", number },
      ],
    });
    expect(plain(i18n, say(i18n, silent(1)))).toContain("1 day ago");
    expect([0, 0.0007, 0.004, 0.006, 1].map(i18n.percent)).toEqual([
      "0%",
      "\u2066<1%\u2069",
      "\u2066<1%\u2069",
      "1%",
      "100%",
    ]);
    expect(plain(i18n, say(i18n, silent(200)))).toContain("7 months ago");
    expect(plain(i18n, say(i18n, silent(1100)))).toContain("3 years ago");
  });

  test("tells others nothing of how much the viewer sees, and not every reason", () => {
    const i18n = make("en", en);
    expect(tell(i18n, partners)).toBe("You share partners: Aye, Bee, \u2068جيم\u2069, and 2 more");
    expect(tell(i18n, { key: "tie.second", english: "both are close to …", args: [] })).toBeNull();
  });

  test("says in the server's English what it does not know", () => {
    expect(say(make("ar", ar), { key: "gap.new", english: "Something new", args: [] })).toEqual([
      "Something new",
    ]);
  });
});

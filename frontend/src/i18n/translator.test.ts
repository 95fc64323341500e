import { compileMessage } from "@lingui/message-utils/compileMessage";
import { describe, expect, test } from "vitest";
import { formatDate } from "./dates";
import { en } from "./locales/en";
import type { Key } from "./messages";
import { isolate, type Language, languages, translator } from "./translator";

const keys = Object.keys(en) as Key[];

/** The names a compiled message asks for, sorted, each once. */
function placeholders(message: string): string[] {
  const found = new Set<string>();
  const walk = (tokens: unknown): void => {
    if (!Array.isArray(tokens)) return;
    for (const token of tokens) {
      if (!Array.isArray(token)) continue;
      found.add(String(token[0]));
      for (const branch of Object.values(token[2] ?? {})) walk(branch);
    }
  };
  walk(compileMessage(message));
  found.delete("#");
  return [...found].sort();
}

describe.each(["ar", "he"] as const)("%s", (language) => {
  test("has every key and none besides", async () => {
    expect(Object.keys(await languages[language].load()).sort()).toEqual([...keys].sort());
  });

  test("asks for the same placeholders as English", async () => {
    const catalogue = await languages[language].load();
    const differing = keys.filter(
      // What the server's messages are given is held against the server in say.test.ts.
      (key) =>
        !/^(say|tell)\./.test(key) && String(placeholders(catalogue[key])) !== String(placeholders(en[key])),
    );
    expect(differing).toEqual([]);
  });

  test("is translated: no sentence is left in English", async () => {
    const catalogue = await languages[language].load();
    const same = keys.filter(
      (key) => catalogue[key] === en[key] && /[a-z]{3}/.test(en[key].replace(/\{[^}]*\}|Weft/g, "")),
    );
    expect(same).toEqual([]);
  });

  test("has every plural form its grammar needs", async () => {
    const catalogue = await languages[language].load();
    const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    // A sentence of the server may be put so that it is the same for any number.
    const plural = (k: (typeof keys)[number]) =>
      (/^(say|tell)\./.test(k) ? catalogue[k] : en[k]).includes(", plural,");
    for (const key of keys.filter(plural)) {
      for (const form of forms) expect(`${key}: ${catalogue[key]}`).toContain(`${form} {`);
    }
  });
});

test("Arabic counts in six forms", async () => {
  const t = translator("ar", await languages.ar.load());
  const shown = [0, 1, 2, 3, 11, 100].map((count) => t("directory.ties", { count }));
  expect(new Set(shown.map((text) => text.replace(/[\d٠-٩]+/g, "#"))).size).toBe(6);
  expect(shown[0]).toBe("لا روابط");
  expect(shown[2]).toBe("رابطان");
});

test("English fills placeholders and plurals", () => {
  const t = translator("en", en);
  expect(t("directory.count", { count: 1 })).toBe("1 entry");
  expect(t("directory.count", { count: 2896 })).toBe("2,896 entries");
  expect(t("see.of", { name: "Open Rivers" })).toBe("Member of Open Rivers");
});

test("the pseudo-locale shows keys", async () => {
  const t = translator("pseudo", await languages.pseudo.load());
  expect(t("nav.directory")).toBe("[[nav.directory]]");
  expect(t("directory.count", { count: 3 })).toBe("[[directory.count]]");
});

test("a name of the other direction is isolated, a name of the same is not", () => {
  expect(isolate("شبكة", "ltr")).toBe("\u2068شبكة\u2069");
  expect(isolate("Open Rivers", "rtl")).toBe("\u2068Open Rivers\u2069");
  expect(isolate("Open Rivers", "ltr")).toBe("Open Rivers");
});

test("the directions are right", () => {
  const rtl = (Object.keys(languages) as Language[]).filter((l) => languages[l].direction === "rtl");
  expect(rtl).toEqual(["ar", "he"]);
});

test("partial dates are written as precisely as they are known", () => {
  expect(formatDate("2019", "en-US")).toBe("2019");
  expect(formatDate("2019-05", "en-US")).toBe("May 2019");
  expect(formatDate("2019-05-04", "en-US")).toBe("May 4, 2019");
  expect(formatDate("soon", "en-US")).toBe("soon");
});

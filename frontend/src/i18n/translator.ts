import { setupI18n } from "@lingui/core";
import { compileMessage } from "@lingui/message-utils/compileMessage";
import { en } from "./locales/en";
import type { Catalogue, Key, Values } from "./messages";

/** Language is a language Weft speaks, or `pseudo`, which shows every text as its key. */
export type Language = "en" | "ar" | "he" | "pseudo";

/** Direction is the direction a language is written in, as <html dir> takes it. */
export type Direction = "ltr" | "rtl";

type Speech = {
  /** The language's own name for itself. */
  readonly name: string;
  readonly direction: Direction;
  /** The tag given to Intl and to react-aria. */
  readonly tag: string;
  readonly load: () => Promise<Catalogue>;
};

/** languages is every language that can be chosen. Only English is in the first bundle. */
export const languages: Readonly<Record<Language, Speech>> = {
  en: { name: "English", direction: "ltr", tag: "en-US", load: async () => en },
  ar: {
    name: "العربية",
    direction: "rtl",
    tag: "ar-AE",
    load: async () => (await import("./locales/ar")).ar,
  },
  he: { name: "עברית", direction: "rtl", tag: "he-IL", load: async () => (await import("./locales/he")).he },
  pseudo: { name: "[[pseudo]]", direction: "ltr", tag: "en-US", load: async () => pseudo },
};

const pseudo = Object.fromEntries(Object.keys(en).map((key) => [key, `[[${key}]]`])) as Catalogue;

/** Translate gives the text of a key in one language. */
export type Translate = <K extends Key>(key: K, ...values: Values<K>) => string;

const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;
const leftToRight = /[A-Za-z\u00c0-\u024f\u0370-\u058f\u1e00-\u1fff]/;

/** isolate keeps a name of the other direction from disturbing the sentence it stands in. */
export function isolate(value: string, direction: Direction): string {
  const foreign = direction === "ltr" ? rightToLeft : leftToRight;
  return foreign.test(value) ? `\u2068${value}\u2069` : value;
}

/** translator makes the translate function of a language whose catalogue has been loaded. */
export function translator(language: Language, catalogue: Catalogue): Translate {
  const { direction, tag } = languages[language];
  const i18n = setupI18n({ locale: tag, messages: { [tag]: { ...catalogue } } });
  i18n.setMessagesCompiler(compileMessage);
  return (key, ...[values]) => {
    if (!values) return i18n._(key);
    const isolated = Object.fromEntries(
      Object.entries<string | number>(values).map(([name, value]) => [
        name,
        typeof value === "string" ? isolate(value, direction) : value,
      ]),
    );
    return i18n._(key, isolated);
  };
}

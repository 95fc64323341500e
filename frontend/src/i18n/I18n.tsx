import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useLayoutEffect,
  useMemo,
  useState,
} from "react";
import { I18nProvider as AriaLocale } from "react-aria-components";
import { formatDate, formatSpan } from "./dates";
import { en } from "./locales/en";
import type { Catalogue } from "./messages";
import { type Direction, type Language, languages, type Translate, translator } from "./translator";

/** I18n is the texts, numbers and dates of one language. */
export type I18n = {
  readonly language: Language;
  readonly direction: Direction;
  readonly t: Translate;
  /** Writes a number as the language does. */
  readonly number: (value: number) => string;
  /** Writes a partial ISO date as precisely as it is known. */
  readonly date: (partial: string) => string;
  /** Writes a part of one, 0 to 1, as a whole percentage; what is little is not nothing. */
  readonly percent: (part: number) => string;
  /** Writes several as one list. */
  readonly list: (texts: readonly string[]) => string;
  /** Writes a span of days in the unit it is remembered by. */
  readonly span: (days: number) => string;
};

/** make gives the texts, numbers and dates of a language whose catalogue has been loaded. */
export function make(language: Language, catalogue: Catalogue): I18n {
  const { direction, tag } = languages[language];
  const numbers = new Intl.NumberFormat(tag);
  const percents = new Intl.NumberFormat(tag, { style: "percent" });
  const lists = new Intl.ListFormat(tag);
  return {
    language,
    direction,
    t: translator(language, catalogue),
    number: (value) => numbers.format(value),
    date: (partial) => formatDate(partial, tag),
    // The sign points the same way in every direction of writing.
    percent: (part) =>
      part > 0 && part < 0.005 ? `\u2066<${percents.format(0.01)}\u2069` : percents.format(part),
    list: (texts) => lists.format(texts),
    span: (days) => formatSpan(days, tag),
  };
}

const Context = createContext<I18n>(make("en", en));

/** useI18n gives the texts, numbers and dates of the language in force. */
export function useI18n(): I18n {
  return useContext(Context);
}

const english: Spoken = { language: "en", catalogue: en };

type Spoken = { readonly language: Language; readonly catalogue: Catalogue };

/**
 * I18nProvider speaks the given language to everything inside it and sets lang and dir of the page. Nothing is shown
 * before the first language is there, since a page would turn round when it comes. While another one loads, the one
 * before stays.
 */
export function I18nProvider({ language, children }: { language: Language; children: ReactNode }) {
  const [loaded, setLoaded] = useState<Spoken | null>(language === "en" ? english : null);

  useEffect(() => {
    let current = true;
    languages[language].load().then(
      (catalogue) => {
        if (current) setLoaded({ language, catalogue });
      },
      // The chunk could not be fetched (offline): the language before stays, and English before any.
      () => {
        if (current) setLoaded((before) => before ?? english);
      },
    );
    return () => {
      current = false;
    };
  }, [language]);

  const i18n = useMemo(() => make((loaded ?? english).language, (loaded ?? english).catalogue), [loaded]);

  // Before anything is painted, or the page would turn round.
  useLayoutEffect(() => {
    document.documentElement.lang = i18n.language === "pseudo" ? "en" : i18n.language;
    document.documentElement.dir = i18n.direction;
  }, [i18n]);

  if (!loaded) return null;
  return (
    <Context value={i18n}>
      <AriaLocale locale={languages[i18n.language].tag}>{children}</AriaLocale>
    </Context>
  );
}

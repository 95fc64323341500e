import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { type Language, languages } from "../i18n/translator";
import { useMedia } from "./media";

/** Theme is a choice of colours; `system` follows the machine. */
export type Theme = "system" | "light" | "dark";

/** Preferences are how somebody's own screen is set. They are kept in this browser and are in no address. */
type Preferences = {
  readonly language: Language;
  readonly theme: Theme;
  /** What the theme comes to now; changes exactly when the colours do. */
  readonly shown: "light" | "dark";
  readonly speak: (language: Language) => void;
  readonly paint: (theme: Theme) => void;
};

const Context = createContext<Preferences | null>(null);

/** usePreferences gives the language and theme chosen, and the way to choose others. */
export function usePreferences(): Preferences {
  const preferences = useContext(Context);
  if (!preferences) throw new Error("usePreferences outside PreferencesProvider");
  return preferences;
}

/** PreferencesProvider reads the preferences at start, keeps them, and puts the theme on the page. */
export function PreferencesProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState(storedLanguage);
  const [theme, setTheme] = useState(storedTheme);
  const night = useMedia("(prefers-color-scheme: dark)");
  const shown = theme === "system" ? (night ? "dark" : "light") : theme;

  useEffect(() => {
    keep("weft.language", language);
  }, [language]);

  useEffect(() => {
    keep("weft.theme", theme);
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  }, [theme]);

  const value = useMemo(
    () => ({ language, theme, shown, speak: setLanguage, paint: setTheme }),
    [language, theme, shown],
  );
  return <Context value={value}>{children}</Context>;
}

function storedLanguage(): Language {
  const wanted = [stored("weft.language"), ...navigator.languages.map((tag) => tag.split("-")[0]!)];
  return wanted.find((tag): tag is Language => tag !== null && Object.hasOwn(languages, tag)) ?? "en";
}

function storedTheme(): Theme {
  const theme = stored("weft.theme");
  return theme === "light" || theme === "dark" ? theme : "system";
}

/** A browser may refuse storage altogether; the preferences then last as long as the page. */
function stored(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

function keep(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // See stored.
  }
}

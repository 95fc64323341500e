import { useId } from "react";
import { Dialog, DialogTrigger, Popover } from "react-aria-components";
import { useI18n } from "../i18n/I18n";
import { type Language, languages, type Translate } from "../i18n/translator";
import { readPersona, writePersona } from "../model/address";
import { onDate, type Persona, seeAs } from "../model/view";
import { Button } from "../ui/Button";
import { type Theme, usePreferences } from "../ui/preferences";
import { Select } from "../ui/Select";
import { useView } from "../ui/view";

/** Coalition is a coalition whose members' eyes one can look through. */
export type Coalition = { readonly id: string; readonly name: string };

/** personaName says who a persona is, in words. */
export function personaName(t: Translate, persona: Persona, coalitions: readonly Coalition[]): string {
  if (persona.as !== "coalition") return t(`see.${persona.as}`);
  const name = coalitions.find(({ id }) => id === persona.coalition)?.name;
  return name ? t("see.coalition", { name }) : t("see.unknownCoalition");
}

/** PersonaField chooses through whose eyes the network is seen. */
export function PersonaField({ coalitions }: { coalitions: readonly Coalition[] }) {
  const { t } = useI18n();
  const { view, look } = useView();
  const personas: Persona[] = [
    { as: "self" },
    { as: "coordinator" },
    { as: "visitor" },
    { as: "member" },
    ...coalitions.map(({ id }): Persona => ({ as: "coalition", coalition: id })),
  ];
  const current = writePersona(view.persona);
  if (!personas.some((persona) => writePersona(persona) === current)) personas.push(view.persona);
  return (
    <Select
      wide
      label={t("see.label")}
      value={current}
      options={personas.map((persona) => ({
        value: writePersona(persona),
        label: personaName(t, persona, coalitions),
      }))}
      onChange={(word) => look(seeAs(readPersona(word)))}
    />
  );
}

/** AsOfField chooses the date the network is seen on. */
export function AsOfField() {
  const { t, date } = useI18n();
  const { view, look } = useView();
  const id = useId();
  return (
    <span className="field">
      <span className="field-label" id={`${id}-label`}>
        {t("asOf.label")}
      </span>
      <DialogTrigger>
        <Button className="as-of" id={`${id}-button`} aria-labelledby={`${id}-label ${id}-button`}>
          {view.asOf ? date(view.asOf) : t("asOf.today")}
        </Button>
        <Popover className="popover">
          <Dialog className="as-of-dialog" aria-label={t("asOf.label")}>
            <input
              className="input"
              type="date"
              aria-label={t("asOf.label")}
              min="1000-01-01"
              max="9999-12-31"
              value={view.asOf?.length === 10 ? view.asOf : ""}
              onChange={(event) => event.target.value && look(onDate(event.target.value))}
            />
            <Button slot="close" onPress={() => look(onDate(null))}>
              {t("asOf.clear")}
            </Button>
          </Dialog>
        </Popover>
      </DialogTrigger>
    </span>
  );
}

/** LanguageField chooses the language. Each is named in itself. */
export function LanguageField() {
  const { t } = useI18n();
  const { language, speak } = usePreferences();
  const choices = (Object.keys(languages) as Language[]).filter(
    (code) => code !== "pseudo" || language === "pseudo",
  );
  return (
    <Select
      label={t("language.label")}
      value={language}
      options={choices.map((code) => ({ value: code, label: languages[code].name }))}
      onChange={speak}
    />
  );
}

const themes: readonly Theme[] = ["system", "light", "dark"];

/** ThemeField chooses the colours. */
export function ThemeField() {
  const { t } = useI18n();
  const { theme, paint } = usePreferences();
  return (
    <Select
      label={t("theme.label")}
      value={theme}
      options={themes.map((value) => ({ value, label: t(`theme.${value}`) }))}
      onChange={paint}
    />
  );
}

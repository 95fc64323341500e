import { lazy, type ReactNode, Suspense, useId } from "react";
import { Dialog, DialogTrigger, Popover } from "react-aria-components";
import { useQuery } from "../api/ApiProvider";
import { Named } from "../api/generated";
import { useI18n } from "../i18n/I18n";
import { type Language, languages } from "../i18n/translator";
import { onDate, type Persona, seeAs } from "../model/view";
import { Button } from "../ui/Button";
import { Icon } from "../ui/Icon";
import { type Theme, usePreferences } from "../ui/preferences";
import { Select } from "../ui/Select";
import { Skeleton } from "../ui/States";
import { useView } from "../ui/view";

// Few look through the eyes of one group: the search for it is fetched when it is asked for.
const NodePicker = lazy(async () => ({ default: (await import("../edit/NodePicker")).NodePicker }));

const personas = ["self", "coordinator", "visitor", "member"] as const;

/** usePersonaName says in words who it is whose eyes the network is seen through. */
export function usePersonaName(): string {
  const { t, language } = useI18n();
  const { persona } = useView().view;
  const { data } = useQuery(Named, "of" in persona ? { ids: [persona.of], language } : null);
  const name = data?.nodes[0]?.name;
  return name ? t("see.of", { name }) : t(`see.${persona.as}`);
}

/** PersonaField chooses through whose eyes the network is seen. */
export function PersonaField({ name }: { name: string }) {
  const { t } = useI18n();
  const { view, look } = useView();
  return (
    <Choice label={t("see.label")} value={name} wide>
      {(close) => {
        const see = (persona: Persona) => {
          look(seeAs(persona));
          close();
        };
        return (
          <div className="personas">
            {personas.map((as) => (
              <Button key={as} look="quiet" aria-pressed={view.persona.as === as} onPress={() => see({ as })}>
                {t(`see.${as}`)}
              </Button>
            ))}
            <Suspense fallback={<Skeleton lines={2} />}>
              <NodePicker
                label={t("see.pick")}
                kinds={["Coalition", "Organization"]}
                value={null}
                onChange={(picked) =>
                  picked &&
                  see({ as: picked.kind === "Coalition" ? "coalition" : "organization", of: picked.id })
                }
              />
            </Suspense>
          </div>
        );
      }}
    </Choice>
  );
}

/** AsOfField chooses the date the network is seen on. */
export function AsOfField() {
  const { t, date } = useI18n();
  const { view, look } = useView();
  return (
    <Choice label={t("asOf.label")} value={view.asOf ? date(view.asOf) : t("asOf.today")}>
      {() => (
        <div className="as-of">
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
        </div>
      )}
    </Choice>
  );
}

type ChoiceProps = {
  label: string;
  value: string;
  wide?: boolean;
  children: (close: () => void) => ReactNode;
};

/** A button that says what is chosen, and opens what else could be. */
function Choice({ label, value, wide = false, children }: ChoiceProps) {
  const id = useId();
  return (
    <span className="field">
      <span className="field-label" id={`${id}-label`}>
        {label}
      </span>
      <DialogTrigger>
        <Button
          className="choice"
          data-wide={wide || undefined}
          id={`${id}-button`}
          aria-labelledby={`${id}-label ${id}-button`}
        >
          <bdi>{value}</bdi>
          <Icon name="chevron" size={12} />
        </Button>
        <Popover className="popover">
          <Dialog className="choice-dialog" aria-label={label}>
            {({ close }) => children(close)}
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

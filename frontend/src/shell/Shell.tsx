import { type ReactNode, useEffect, useRef, useState } from "react";
import type { LiveState } from "../api/live";
import { useI18n } from "../i18n/I18n";
import type { Key } from "../i18n/messages";
import { go, onDate, type Screen, seeAs } from "../model/view";
import { Button } from "../ui/Button";
import { Icon, type IconName } from "../ui/Icon";
import { phone, useMedia } from "../ui/media";
import { useView, ViewLink } from "../ui/view";
import { AskBox } from "./AskBox";
import { HelpDialog } from "./HelpDialog";
import { keysOf, useKeys } from "./keys";
import { SettingsDialog } from "./SettingsDialog";
import { AsOfField, LanguageField, PersonaField, ThemeField, usePersonaName } from "./ViewerFields";
import "./shell.css";

const screens: readonly { screen: Screen; icon: IconName }[] = [
  { screen: "home", icon: "home" },
  { screen: "directory", icon: "directory" },
  { screen: "explorer", icon: "explorer" },
  { screen: "gaps", icon: "gaps" },
  { screen: "introductions", icon: "introductions" },
];

type Props = {
  /** Whether it is not known yet what else must be said above the screen: it is shown when nothing can push it down. */
  waiting: boolean;
  /** Whether the network is the invented one. */
  demo: boolean;
  live: LiveState;
  /** What is known of the selection, or null for no selection. */
  inspector: ReactNode | null;
  children: ReactNode;
};

/** Shell is what stays on every screen: where one is, who is looking, on what date, and what is selected. */
export function Shell({ waiting, demo, live, inspector, children }: Props) {
  const { t } = useI18n();
  const { view, look } = useView();
  const narrow = useMedia("(max-width: 70rem)");
  const askBox = useRef<HTMLInputElement>(null);
  const content = useRef<HTMLElement>(null);
  const [open, setOpen] = useState<"help" | "settings" | null>(null);
  const persona = usePersonaName();

  useKeys(
    keysOf({
      ask: () => askBox.current?.focus(),
      help: () => setOpen("help"),
      home: () => look(go("home")),
      gaps: () => look(go("gaps")),
      introductions: () => look(go("introductions")),
      directory: () => look(go("directory")),
      explorer: () => look(go("explorer")),
    }),
  );

  useEffect(() => {
    document.title = t("app.title", { screen: t(`nav.${view.screen}`) });
  }, [t, view.screen]);

  // What was followed to another screen is gone from the page: who uses keys goes on at the start of the new one.
  const place = view.screen === "profile" ? view.selected : (view.introduction ?? view.screen);
  const was = useRef(place);
  useEffect(() => {
    if (was.current === place) return;
    was.current = place;
    // After a menu or dialog has given the focus back to where it came from.
    const frame = requestAnimationFrame(() => {
      if (document.activeElement !== askBox.current) content.current?.focus();
      if (content.current) content.current.scrollTop = 0;
    });
    return () => cancelAnimationFrame(frame);
  }, [place]);

  return (
    <div className="shell" data-waiting={waiting || undefined}>
      <a className="skip" href="#content">
        {t("app.skip")}
      </a>
      <header className="top">
        <ViewLink className="brand" step={go("home")} aria-label={t("app.name")}>
          <img src="/favicon.svg" alt="" width="28" height="28" />
          <span aria-hidden="true">{t("app.name")}</span>
        </ViewLink>
        <AskBox ref={askBox} />
        <LiveDot live={live} />
        {narrow ? (
          <Button look="quiet" square aria-label={t("settings.label")} onPress={() => setOpen("settings")}>
            <Icon name="settings" />
          </Button>
        ) : (
          <>
            <AsOfField />
            <PersonaField name={persona} />
            <LanguageField />
            <ThemeField />
            <Button look="quiet" square aria-label={t("help.open")} onPress={() => setOpen("help")}>
              <Icon name="help" />
            </Button>
          </>
        )}
      </header>
      <section className="notices" aria-label={t("notices.label")}>
        {demo && <p className="notice">{t("app.demo")}</p>}
        {(live === "offline" || live === "refused") && (
          <p className="notice" data-strong>
            {t(liveTexts[live])}
          </p>
        )}
        {view.persona.as !== "self" && (
          <p className="notice" data-strong>
            <span>{t("see.notice", { viewer: persona })}</span>
            <Button look="quiet" onPress={() => look(seeAs({ as: "self" }))}>
              {t("see.stop")}
            </Button>
          </p>
        )}
        {view.asOf && <AsOfNotice date={view.asOf} />}
      </section>
      <Rail />
      <main id="content" tabIndex={-1} ref={content}>
        {children}
      </main>
      {inspector && (
        <aside className="inspector" aria-label={t("inspector.label")}>
          {inspector}
        </aside>
      )}
      <HelpDialog open={open === "help"} onClose={() => setOpen(null)} />
      <SettingsDialog open={open === "settings"} onClose={() => setOpen(null)} persona={persona} />
    </div>
  );
}

function AsOfNotice({ date }: { date: string }) {
  const { t, date: words } = useI18n();
  const { look } = useView();
  return (
    <p className="notice" data-strong>
      <span>{t("asOf.notice", { date: words(date) })}</span>
      <Button look="quiet" onPress={() => look(onDate(null))}>
        {t("asOf.clear")}
      </Button>
    </p>
  );
}

function Rail() {
  const { t } = useI18n();
  const { view } = useView();
  const small = useMedia(phone);
  return (
    <nav className="rail" aria-label={t("nav.label")}>
      {screens.map(({ screen, icon }) => (
        <ViewLink
          key={screen}
          className="rail-link"
          step={go(screen)}
          aria-current={view.screen === screen ? "page" : undefined}
        >
          <Icon name={icon} size={small ? 22 : 24} />
          <span>{t(`nav.${screen}`)}</span>
        </ViewLink>
      ))}
    </nav>
  );
}

const liveTexts: Readonly<Record<Exclude<LiveState, "quiet">, Key & `live.${string}`>> = {
  live: "live.live",
  connecting: "live.connecting",
  offline: "live.offline",
  refused: "live.refused",
};

function LiveDot({ live }: { live: LiveState }) {
  const { t } = useI18n();
  return (
    <span
      className="live"
      data-live={live}
      role="status"
      title={live === "quiet" ? undefined : t(liveTexts[live])}
    >
      <span className="visually-hidden">{live !== "quiet" && t(liveTexts[live])}</span>
    </span>
  );
}

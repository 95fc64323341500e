import { lazy, type ReactNode, Suspense } from "react";
import { type Api, ApiProvider, useLive, useQuery } from "./api/ApiProvider";
import { CatalogueProvider } from "./api/CatalogueProvider";
import { Standing } from "./api/generated";
import { EditProvider } from "./edit/EditProvider";
import { Directory } from "./features/directory/Directory";
import { Explorer } from "./features/explorer/Explorer";
import { GapsPage } from "./features/gaps/GapsPage";
import { Home } from "./features/gaps/Home";
import { Profile } from "./features/profile/Profile";
import { I18nProvider } from "./i18n/I18n";
import { writePersona } from "./model/address";
import { openProfile } from "./model/view";
import { Shell } from "./shell/Shell";
import { PreferencesProvider, usePreferences } from "./ui/preferences";
import { ToastProvider } from "./ui/Toasts";
import { useView, ViewProvider } from "./ui/view";

// The board comes with the first introduction that is looked at.
const Introductions = lazy(async () => ({
  default: (await import("./features/gaps/Introductions")).Introductions,
}));

/** App is the whole page over one server. */
export function App({ api }: { api: Api }) {
  return (
    <PreferencesProvider>
      <Speaking>
        <ViewProvider>
          <Looking api={api} />
        </ViewProvider>
      </Speaking>
    </PreferencesProvider>
  );
}

function Speaking({ children }: { children: ReactNode }) {
  const { language } = usePreferences();
  return <I18nProvider language={language}>{children}</I18nProvider>;
}

function Looking({ api }: { api: Api }) {
  const { view } = useView();
  return (
    <ApiProvider api={api} persona={writePersona(view.persona)}>
      <ToastProvider>
        <CatalogueProvider>
          <Screens />
        </CatalogueProvider>
      </ToastProvider>
    </ApiProvider>
  );
}

/** The smallest page any viewer may ask for; enough until the server has said more. */
const visitorsPage = 50;

const nothing: readonly string[] = [];

/** The levels of those who coordinate the network. */
const coordinators: ReadonlySet<string> = new Set(["COORDINATOR", "STEWARD"]);

function Screens() {
  const { view, look } = useView();
  const live = useLive();
  const { data: standing, failure } = useQuery(Standing, {});
  const viewer = standing?.viewer;
  const today = viewer?.network.today ?? new Date().toISOString().slice(0, 10);
  const pageCap = viewer?.pageCap ?? visitorsPage;
  return (
    <EditProvider allowed={viewer?.may ?? nothing} today={today} onAdded={(id) => look(openProfile(id))}>
      <Shell
        waiting={!standing && !failure}
        demo={viewer?.network.demo ?? false}
        live={live}
        inspector={
          view.selected && view.screen !== "profile" ? (
            <Profile id={view.selected} place="inspector" pageCap={pageCap} />
          ) : null
        }
      >
        {view.screen === "home" && <Home pageCap={pageCap} today={today} />}
        {view.screen === "gaps" && <GapsPage pageCap={pageCap} />}
        {view.screen === "introductions" && (
          <Suspense>
            <Introductions
              pageCap={pageCap}
              coordinates={coordinators.has(viewer?.level ?? "")}
              own={viewer?.organization?.id ?? null}
            />
          </Suspense>
        )}
        {view.screen === "directory" && <Directory pageCap={pageCap} />}
        {view.screen === "explorer" && <Explorer today={today} />}
        {view.screen === "profile" && view.selected && (
          <Profile id={view.selected} place="page" pageCap={pageCap} />
        )}
      </Shell>
    </EditProvider>
  );
}

import type { ReactNode } from "react";
import { type Api, ApiProvider, useLive, useQuery } from "./api/ApiProvider";
import { Standing } from "./api/generated";
import { Directory } from "./features/directory/Directory";
import { Explorer } from "./features/explorer/Explorer";
import { Profile } from "./features/profile/Profile";
import { I18nProvider } from "./i18n/I18n";
import { writePersona } from "./model/address";
import { Shell } from "./shell/Shell";
import { PreferencesProvider, usePreferences } from "./ui/preferences";
import { ToastProvider } from "./ui/Toasts";
import { useView, ViewProvider } from "./ui/view";

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
        <Screens />
      </ToastProvider>
    </ApiProvider>
  );
}

/** The smallest page any viewer may ask for; enough until the server has said more. */
const visitorsPage = 50;

function Screens() {
  const { view } = useView();
  const live = useLive();
  const standing = useQuery(Standing, {}).data;
  const viewer = standing?.viewer;
  const today = viewer?.network.today ?? new Date().toISOString().slice(0, 10);
  return (
    <Shell
      demo={viewer?.network.demo ?? false}
      coalitions={standing?.coalitions.nodes ?? []}
      live={live}
      inspector={
        view.selected && view.screen !== "profile" ? <Profile id={view.selected} place="inspector" /> : null
      }
    >
      {view.screen === "directory" && <Directory pageCap={viewer?.pageCap ?? visitorsPage} />}
      {view.screen === "explorer" && <Explorer today={today} />}
      {view.screen === "profile" && view.selected && <Profile id={view.selected} place="page" />}
    </Shell>
  );
}

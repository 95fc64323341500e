import { useI18n } from "../i18n/I18n";
import { Dialog } from "../ui/Dialog";
import { AsOfField, type Coalition, LanguageField, PersonaField, ThemeField } from "./ViewerFields";

type Props = { open: boolean; onClose: () => void; coalitions: readonly Coalition[] };

/** SettingsDialog holds, on a narrow screen, what the top bar has no room for. */
export function SettingsDialog({ open, onClose, coalitions }: Props) {
  const { t } = useI18n();
  return (
    <Dialog title={t("settings.label")} open={open} onClose={onClose}>
      <div className="settings">
        <PersonaField coalitions={coalitions} />
        <AsOfField />
        <LanguageField />
        <ThemeField />
      </div>
    </Dialog>
  );
}

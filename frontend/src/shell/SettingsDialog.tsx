import { useI18n } from "../i18n/I18n";
import { Dialog } from "../ui/Dialog";
import { AsOfField, LanguageField, PersonaField, ThemeField } from "./ViewerFields";

type Props = { open: boolean; onClose: () => void; persona: string };

/** SettingsDialog holds, on a narrow screen, what the top bar has no room for. */
export function SettingsDialog({ open, onClose, persona }: Props) {
  const { t } = useI18n();
  return (
    <Dialog title={t("settings.label")} open={open} onClose={onClose}>
      <div className="settings">
        <PersonaField name={persona} />
        <AsOfField />
        <LanguageField />
        <ThemeField />
      </div>
    </Dialog>
  );
}

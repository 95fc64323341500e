import { useI18n } from "../i18n/I18n";
import type { Key } from "../i18n/messages";
import { Dialog } from "../ui/Dialog";

const rows: readonly { keys: readonly string[]; label: Key & `help.${string}` }[] = [
  { keys: ["Ctrl K", "/"], label: "help.ask" },
  { keys: ["g h"], label: "help.home" },
  { keys: ["g d"], label: "help.directory" },
  { keys: ["g e"], label: "help.explorer" },
  { keys: ["g g"], label: "help.gaps" },
  { keys: ["g i"], label: "help.introductions" },
  { keys: ["↑ ↓ ← →"], label: "help.arrows" },
  { keys: ["Enter"], label: "help.enter" },
  { keys: ["o"], label: "help.outline" },
  { keys: ["f"], label: "help.fit" },
  { keys: ["Ctrl Z"], label: "help.undo" },
  { keys: ["?"], label: "help.help" },
];

/** HelpDialog lists every key. None of them is needed: each does what some control does. */
export function HelpDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useI18n();
  return (
    <Dialog title={t("help.title")} open={open} onClose={onClose}>
      <dl className="keys">
        {rows.map(({ keys, label }) => (
          <div className="keys-row" key={label}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{t(label)}</dd>
          </div>
        ))}
      </dl>
      <p>
        <a href="/graphiql/">{t("help.api")}</a>
      </p>
    </Dialog>
  );
}

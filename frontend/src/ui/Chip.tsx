import { useI18n } from "../i18n/I18n";
import { Button } from "./Button";
import { Icon } from "./Icon";

/** Chip is something chosen that can be taken away again. */
export function Chip({ name, onRemove }: { name: string; onRemove: () => void }) {
  const { t } = useI18n();
  return (
    <span className="chip">
      <bdi>{name}</bdi>
      <Button look="quiet" square aria-label={t("directory.remove", { name })} onPress={onRemove}>
        <Icon name="close" size={14} />
      </Button>
    </span>
  );
}

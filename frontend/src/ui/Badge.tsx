import { useI18n } from "../i18n/I18n";
import type { Visibility } from "../model/kinds";
import { Icon, type IconName } from "./Icon";

const icons: Readonly<Record<Visibility, IconName>> = {
  PUBLIC: "everyone",
  MEMBERS: "members",
  COALITION: "coalition",
  COORDINATORS: "coordinators",
  SEALED: "sealed",
};

/** VisibilityBadge says who can see a record or field. */
export function VisibilityBadge({ visibility }: { visibility: Visibility }) {
  const { t } = useI18n();
  const who = t(`visibility.${visibility}`);
  return (
    <span className="badge" data-sees={visibility} title={t("visibility.label", { who })}>
      <Icon name={icons[visibility]} size={14} />
      <span className="visually-hidden">{t("visibility.label", { who })}</span>
      <span aria-hidden="true">{who}</span>
    </span>
  );
}

import { useI18n } from "../i18n/I18n";
import { Button } from "./Button";

type Props = {
  /** How many of a list are shown, and how many there are. */
  shown: number;
  total: number;
  /** The most that can be asked for. */
  most: number;
  onMore: () => void;
  /** How to come to see the rest, once no more can be asked for. */
  narrow: string;
};

/** More offers more of a list, or says that it was cut and how to see the rest. */
export function More({ shown, total, most, onMore, narrow }: Props) {
  const { t } = useI18n();
  if (shown >= total) return null;
  return (
    <div className="more">
      {shown < most ? (
        <Button onPress={onMore}>{t("action.loadMore")}</Button>
      ) : (
        <p>
          {t("list.cut", { shown, total })} {narrow}
        </p>
      )}
    </div>
  );
}

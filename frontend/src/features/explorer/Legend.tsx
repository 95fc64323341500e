import { ToggleButton } from "react-aria-components";
import { useI18n } from "../../i18n/I18n";
import { nodeKinds } from "../../model/kinds";
import type { Network } from "../../model/network";
import { toggleKind } from "../../model/view";
import { KindMark } from "../../ui/KindMark";
import { useView } from "../../ui/view";

/** Legend says what each mark is, how many there are, and hides or shows a kind when pressed. */
export function Legend({ network }: { network: Network }) {
  const { t, number } = useI18n();
  const { view, look } = useView();
  const counts = new Map(nodeKinds.map((kind) => [kind, 0]));
  for (const kind of network.kinds) counts.set(kind, counts.get(kind)! + 1);
  return (
    <ul className="legend" aria-label={t("explorer.legend")}>
      {nodeKinds
        .filter((kind) => counts.get(kind)! > 0)
        .map((kind) => (
          <li key={kind}>
            <ToggleButton
              className="legend-kind"
              isSelected={!view.hidden.includes(kind)}
              onChange={() => look(toggleKind(kind), "refine")}
            >
              <KindMark kind={kind} />
              <span>{t(`kinds.${kind}`)}</span>
              <span className="legend-count">{number(counts.get(kind)!)}</span>
            </ToggleButton>
          </li>
        ))}
    </ul>
  );
}

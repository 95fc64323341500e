import { useQuery } from "../../api/ApiProvider";
import { Named } from "../../api/generated";
import { useI18n } from "../../i18n/I18n";
import { askedKinds } from "../../model/gaps";
import { type GapScope, gapScopes, scopeGaps, toggleGapKind, widenGaps } from "../../model/view";
import { Button } from "../../ui/Button";
import { Chip } from "../../ui/Chip";
import { useView } from "../../ui/view";

/** GapChips lists the conditions in force, each of which can be taken away. */
export function GapChips() {
  const { t } = useI18n();
  const { view, look } = useView();
  const { scope } = view.gaps;
  const kinds = askedKinds(view.gaps);
  const names = useScopeNames();
  const scopes = gapScopes.filter((name) => scope[name] !== null);
  if (kinds.length + scopes.length === 0) return null;
  return (
    <ul className="chips" aria-label={t("directory.active")}>
      {kinds.map((kind) => (
        <li key={kind}>
          <Chip name={t(`gapKind.${kind}`)} onRemove={() => look(toggleGapKind(kind))} />
        </li>
      ))}
      {scopes.map((name) => (
        <li key={name}>
          <Chip name={names(name) ?? "…"} onRemove={() => look(scopeGaps(name, null))} />
        </li>
      ))}
      <li>
        <Button look="quiet" onPress={() => look(widenGaps)}>
          {t("directory.clear")}
        </Button>
      </li>
    </ul>
  );
}

/** useScopeNames gives the names of what the gaps are narrowed to; null while one is on its way. A place is its own name. */
export function useScopeNames(): (scope: GapScope) => string | null {
  const { language } = useI18n();
  const { view } = useView();
  const { scope } = view.gaps;
  const ids = [scope.issue, scope.coalition, scope.organization].filter((id) => id !== null);
  const { data } = useQuery(Named, ids.length > 0 ? { ids, language } : null);
  return (name) =>
    name === "place" ? scope.place : (data?.nodes.find((node) => node?.id === scope[name])?.name ?? null);
}

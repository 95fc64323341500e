import { useQuery } from "../../api/ApiProvider";
import { GapScopes } from "../../api/generated";
import { ActorPicker } from "../../edit/ActorPicker";
import { useI18n } from "../../i18n/I18n";
import { gapKinds, suggestionKinds } from "../../model/gaps";
import { type GapScope, scopeGaps, toggleGapKind } from "../../model/view";
import { ChoiceField, SwitchField } from "../../ui/Field";
import { useView } from "../../ui/view";
import { useScopeNames } from "./GapChips";

/** GapFilters chooses which gaps are listed: their kind, and the part of the network they touch. */
export function GapFilters() {
  const { t, language } = useI18n();
  const { view, look } = useView();
  const { list, kinds, scope } = view.gaps;
  const { data } = useQuery(GapScopes, { language });
  const names = useScopeNames();
  const options = (name: GapScope) => {
    const values = data?.search.facets.find((facet) => facet.name === name)?.values ?? [];
    const known = values.map(({ value, node }) => ({ value, label: node?.name ?? value }));
    const chosen = scope[name];
    // What is chosen can be seen even where the directory has nothing of it.
    return chosen && !known.some(({ value }) => value === chosen)
      ? [...known, { value: chosen, label: names(name) ?? chosen }]
      : known;
  };
  const offered = list === "all" ? gapKinds : suggestionKinds;
  return (
    <div className="gap-filters">
      <fieldset className="form-field">
        <legend className="field-label">{t("gaps.kinds")}</legend>
        {offered.map((kind) => (
          <SwitchField
            key={kind}
            label={t(`gapKind.${kind}`)}
            value={kinds.includes(kind)}
            onChange={() => look(toggleGapKind(kind))}
          />
        ))}
        {list !== "all" && <p className="field-hint">{t("gaps.kindsNote")}</p>}
      </fieldset>
      {(["issue", "coalition", "place"] as const).map((name) => (
        <ChoiceField
          key={name}
          label={t(`gaps.scope.${name}`)}
          value={scope[name] ?? ""}
          options={[{ value: "", label: t("gaps.any") }, ...options(name)]}
          onChange={(value) => look(scopeGaps(name, value || null))}
        />
      ))}
      <ActorPicker
        label={t("gaps.scope.organization")}
        value={scope.organization}
        onChange={(id) => look(scopeGaps("organization", id))}
      />
    </div>
  );
}

import { useId, useState } from "react";
import type { DirectoryQuery } from "../../api/generated";
import { useEditing } from "../../edit/EditProvider";
import { useI18n } from "../../i18n/I18n";
import { en } from "../../i18n/locales/en";
import type { Key } from "../../i18n/messages";
import { marks } from "../../model/marks";
import {
  clearFilters,
  explore,
  type Facet,
  facets,
  filterCount,
  openProfile,
  type Sort,
  select,
  sortBy,
  sorts,
  toggle,
} from "../../model/view";
import { VisibilityBadge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Chip } from "../../ui/Chip";
import { Dialog } from "../../ui/Dialog";
import { Icon } from "../../ui/Icon";
import { KindMark } from "../../ui/KindMark";
import { Menu } from "../../ui/Menu";
import { More } from "../../ui/More";
import { phone, useMedia } from "../../ui/media";
import { Select } from "../../ui/Select";
import { EmptyState, ErrorState, Skeleton } from "../../ui/States";
import { useView, ViewLink } from "../../ui/view";
import "./directory.css";
import { useDirectory } from "./useDirectory";

type Hit = DirectoryQuery["search"]["nodes"][number];
type FacetCounts = DirectoryQuery["search"]["facets"];

const page = 50;

/** Directory finds nodes: words in the top bar, filters beside the list, one line for each node found. */
export function Directory({ pageCap }: { pageCap: number }) {
  const { t } = useI18n();
  const { view, look } = useView();
  const small = useMedia(phone);
  const [open, setOpen] = useState(false);
  const question = JSON.stringify([view.text, view.filters, view.sort, view.asOf]);
  const [shown, setShown] = useState({ question, first: page });
  const first = shown.question === question ? shown.first : page;
  const { data, failure, loading, retry } = useDirectory(view, Math.min(first, pageCap));
  const result = data?.search;
  const chosen = filterCount(view);
  const { may, start } = useEditing();
  const mayAdd = view.asOf === null && may("addNode");
  const nameOf = useFacetNames(result?.facets ?? []);

  const filters = result && <Facets counts={result.facets} nameOf={nameOf} />;

  return (
    <div className="directory">
      {!small && (
        <section className="facets" aria-label={t("directory.facets")}>
          {filters ?? (!failure && <Skeleton lines={12} />)}
        </section>
      )}
      <section className="results" aria-label={t("directory.results")} aria-busy={loading}>
        <header className="results-head">
          <h1>{t("directory.title")}</h1>
          <p className="count" role="status">
            {result && t("directory.count", { count: result.totalCount })}
          </p>
          {mayAdd && (
            <Button onPress={() => start({ type: "addNode", kind: "Organization" })}>
              <Icon name="plus" size={16} />
              {t("edit.addNode")}
            </Button>
          )}
          {small && (
            <Button onPress={() => setOpen(true)}>
              <Icon name="filter" size={16} />
              {t("directory.showFacets", { count: chosen })}
            </Button>
          )}
          <Select<Sort>
            label={t("directory.sort")}
            value={view.sort}
            options={sorts.map((sort) => ({ value: sort, label: t(`directory.sort.${sort}`) }))}
            onChange={(sort) => look(sortBy(sort), "refine")}
          />
        </header>
        {chosen > 0 && (
          <ul className="chips" aria-label={t("directory.active")}>
            {facets.flatMap((facet) =>
              view.filters[facet].map((value) => (
                <li key={`${facet} ${value}`}>
                  <Chip name={nameOf(facet, value)} onRemove={() => look(toggle(facet, value))} />
                </li>
              )),
            )}
            <li>
              <Button look="quiet" onPress={() => look(clearFilters)}>
                {t("directory.clear")}
              </Button>
            </li>
          </ul>
        )}
        {failure && <ErrorState failure={failure} onRetry={retry} />}
        {!result && !failure && <Skeleton lines={14} />}
        {result && result.nodes.length === 0 && (
          <EmptyState
            title={t(view.text || chosen ? "directory.emptyTitle" : "directory.blankTitle")}
            text={t(view.text || chosen ? "directory.emptyText" : "directory.blankText")}
          >
            {chosen > 0 && <Button onPress={() => look(clearFilters)}>{t("directory.clear")}</Button>}
            {!view.text && chosen === 0 && mayAdd && (
              <Button look="primary" onPress={() => start({ type: "addNode", kind: "Organization" })}>
                {t("edit.firstOrganization")}
              </Button>
            )}
          </EmptyState>
        )}
        {result && result.nodes.length > 0 && (
          <ul className="hits" data-answers>
            {result.nodes.map((hit) => (
              <HitLine key={hit.node.id} hit={hit} />
            ))}
          </ul>
        )}
        {result && (
          <More
            shown={result.nodes.length}
            total={result.totalCount}
            most={pageCap}
            onMore={() => setShown({ question, first: first + page })}
            narrow={t("directory.narrow")}
          />
        )}
      </section>
      {small && (
        <Dialog
          title={t("directory.facets")}
          open={open}
          onClose={() => setOpen(false)}
          foot={
            <Button look="primary" onPress={() => setOpen(false)}>
              {result ? t("directory.count", { count: result.totalCount }) : t("action.close")}
            </Button>
          }
        >
          {filters}
        </Dialog>
      )}
    </div>
  );
}

function HitLine({ hit: { node, match, snippet } }: { hit: Hit }) {
  const { t } = useI18n();
  const { view, look } = useView();
  // A match in the name shown is marked there; a match elsewhere (an identifier, another name), or else the name as
  // it was written, is told beside it.
  const elsewhere = [match, node.original].find((text) => text !== "" && text !== node.name);
  return (
    <li className="hit" data-selected={view.selected === node.id || undefined}>
      <KindMark kind={node.kind} size={16} />
      <div className="hit-text">
        <ViewLink
          className="hit-name"
          step={select(node.id)}
          aria-current={view.selected === node.id ? "true" : undefined}
        >
          <bdi>
            <Marked text={node.name} />
          </bdi>
        </ViewLink>
        {elsewhere && (
          <bdi className="hit-match">
            <Marked text={elsewhere} />
          </bdi>
        )}
        <p className="hit-facts">
          <span>{t(`kind.${node.kind}`)}</span>
          {node.place && <bdi>{node.place}</bdi>}
          <span>{t("directory.ties", { count: node.degree })}</span>
          <VisibilityBadge visibility={node.visibility} />
        </p>
        {(snippet || node.summary) && (
          <p className="hit-summary">
            <bdi>
              <Marked text={snippet || node.summary} />
            </bdi>
          </p>
        )}
      </div>
      <Menu
        label={t("action.more", { name: node.name })}
        commands={[
          { id: "profile", label: t("action.profile"), run: () => look(openProfile(node.id)) },
          { id: "explore", label: t("action.explore"), run: () => look(explore(node.id)) },
        ]}
      />
    </li>
  );
}

function Marked({ text }: { text: string }) {
  const { view } = useView();
  return marks(text, view.text).map((part, at) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text are known by their place
    part.found ? <mark key={at}>{part.text}</mark> : part.text,
  );
}

function Facets({
  counts,
  nameOf,
}: {
  counts: FacetCounts;
  nameOf: (facet: Facet, value: string) => string;
}) {
  return facets.map((facet) => {
    const values = counts.find(({ name }) => name === facet)?.values ?? [];
    return <FacetGroup key={facet} facet={facet} values={values} nameOf={nameOf} />;
  });
}

const few = 6;

type GroupProps = {
  facet: Facet;
  values: FacetCounts[number]["values"];
  nameOf: (facet: Facet, value: string) => string;
};

function FacetGroup({ facet, values, nameOf }: GroupProps) {
  const { t, number } = useI18n();
  const { view, look } = useView();
  const [all, setAll] = useState(false);
  const id = useId();
  const chosen = view.filters[facet];
  // What is chosen stays in the list even where nothing is left to find.
  const gone = chosen.filter((value) => !values.some((other) => other.value === value));
  const lines = [...values, ...gone.map((value) => ({ value, count: 0 }))];
  const shown = all ? lines : lines.filter(({ value }, at) => at < few || chosen.includes(value));
  if (lines.length === 0) return null;
  return (
    <fieldset className="facet">
      <legend>{t(`facet.${facet}`)}</legend>
      <ul>
        {shown.map(({ value, count }) => (
          <li key={value}>
            <label className="facet-value" htmlFor={`${id} ${value}`}>
              <input
                id={`${id} ${value}`}
                type="checkbox"
                checked={chosen.includes(value)}
                onChange={() => look(toggle(facet, value))}
              />
              <span className="facet-name">
                <bdi>{nameOf(facet, value)}</bdi>
              </span>
              <span className="facet-count">{number(count)}</span>
            </label>
          </li>
        ))}
      </ul>
      {lines.length > few && (
        <Button look="quiet" onPress={() => setAll(!all)}>
          {all ? t("facet.fewer") : t("facet.more", { count: lines.length })}
        </Button>
      )}
    </fieldset>
  );
}

/** The word for a facet's value: a vocabulary's, a node's name, or the value itself. */
function useFacetNames(counts: FacetCounts): (facet: Facet, value: string) => string {
  const { t } = useI18n();
  return (facet, value) => {
    const prefix = facet === "kind" ? "kinds" : facet;
    const key = `${prefix}.${value}`;
    if (Object.hasOwn(en, key)) return t(key as Key & `classification.${string}`);
    return (
      counts.find(({ name }) => name === facet)?.values.find((other) => other.value === value)?.node?.name ??
      value
    );
  };
}

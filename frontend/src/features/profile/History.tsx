import { useState } from "react";
import { useQuery } from "../../api/ApiProvider";
import {
  type EntryFragment,
  History as HistoryDocument,
  type ProfileQuery,
  TieHistories,
  TieHistory,
} from "../../api/generated";
import { useEditing } from "../../edit/EditProvider";
import { useI18n } from "../../i18n/I18n";
import { fieldName, word } from "../../i18n/words";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Icon } from "../../ui/Icon";
import { ErrorState, Skeleton } from "../../ui/States";
import { useView } from "../../ui/view";

type Subject = NonNullable<ProfileQuery["node"]>;

const page = 10;
/** What a question for the log may ask at most, for any viewer. */
const most = 50;

type Props = {
  node: Subject;
  place: "page" | "inspector";
};

/** History tells what was done to a node, and to those of its ties that were changed last: by whom and when. */
export function History({ node, place }: Props) {
  const { t } = useI18n();
  const [first, setFirst] = useState(page);
  const { data, failure, retry } = useQuery(HistoryDocument, { id: node.id, first });
  // A tie that came with the node, as by an import, has no story of its own yet.
  const [a, b = a, c = a, d = a, e = a] = node.links.nodes
    .filter(({ updatedAt }) => updatedAt > node.createdAt)
    .sort((x, y) => (x.updatedAt < y.updatedAt ? 1 : -1))
    .map(({ id }) => id);
  const ties = useQuery(TieHistories, a && b && c && d && e ? { a, b, c, d, e } : null).data;
  const found = [data?.history, ties?.a, ties?.b, ties?.c, ties?.d, ties?.e].flatMap(
    (list) => list?.nodes ?? [],
  );
  const entries = [...new Map(found.map((entry) => [keyOf(entry), entry])).values()].sort((x, y) =>
    x.at < y.at ? 1 : -1,
  );
  const Title = place === "page" ? "h2" : "h3";
  return (
    <section className="profile-section" aria-label={t("profile.history")}>
      <Title>{t("profile.history")}</Title>
      {failure && <ErrorState failure={failure} onRetry={retry} />}
      {!data && !failure && <Skeleton lines={3} />}
      {data && <Entries entries={entries} />}
      {data?.history.pageInfo.hasNextPage && first < most && (
        <Button look="quiet" onPress={() => setFirst(most)}>
          {t("action.loadMore")}
        </Button>
      )}
    </section>
  );
}

/** TieHistoryDialog tells what was done to a tie. */
export function TieHistoryDialog({ id, name, onClose }: { id: string; name: string; onClose: () => void }) {
  const { t } = useI18n();
  const { data, failure, retry } = useQuery(TieHistory, { id });
  return (
    <Dialog title={`${t("profile.history")}: ${name}`} open onClose={onClose}>
      {failure && <ErrorState failure={failure} onRetry={retry} />}
      {!data && !failure && <Skeleton lines={3} />}
      {data && <Entries entries={data.history.nodes} />}
    </Dialog>
  );
}

function Entries({ entries }: { entries: readonly EntryFragment[] }) {
  const { t } = useI18n();
  return entries.length === 0 ? (
    <p className="profile-none">{t("profile.noHistory")}</p>
  ) : (
    <ol className="history">
      {entries.map((entry) => (
        <Line key={keyOf(entry)} entry={entry} />
      ))}
    </ol>
  );
}

function keyOf({ change, id, verb }: EntryFragment): string {
  return `${change} ${id} ${verb}`;
}

/** The account of the one person of personal mode. */
const self = "local";

function Line({ entry }: { entry: EntryFragment }) {
  const { t, language } = useI18n();
  const { view } = useView();
  const { may, start } = useEditing();
  const when = new Intl.DateTimeFormat(language === "pseudo" ? "en" : language, {
    dateStyle: "medium",
    timeStyle: "short",
    calendar: "gregory",
  }).format(new Date(entry.at));
  const { link } = entry;
  const what = link ? `${link.from.name} ${t(`out.${link.kind}`)} ${link.to.name}` : null;
  const done = `${t(`verb.${entry.verb}`)} ${what ?? entry.node?.name ?? ""}`.trim();
  return (
    <li className="history-entry">
      <p>
        <strong>{t(`verb.${entry.verb}`)}</strong> {what && <bdi>{what}</bdi>}
      </p>
      {entry.verb !== "ADD" && entry.fields.length > 0 && (
        <ul className="history-fields">
          {entry.fields.map((field) => (
            <li key={field.name}>
              {fieldName(t, field.name, entry.kind)}:{" "}
              {t("profile.became", { before: said(field.before), after: said(field.after) })}
            </li>
          ))}
        </ul>
      )}
      <p className="fact-note">
        <time dateTime={entry.at}>{when}</time>
        {entry.author &&
          ` · ${entry.author === self ? t("profile.byYou") : t("profile.by", { name: entry.author })}`}
      </p>
      {view.asOf === null && may("undo") && (
        <Button
          look="quiet"
          aria-label={t("profile.undoEntry", { what: done })}
          onPress={() => start({ type: "undo", change: entry.change, what: done })}
        >
          <Icon name="undo" size={16} />
          {t("action.undo")}
        </Button>
      )}
    </li>
  );

  function said(value: unknown): string {
    if (value === null || value === undefined || value === "") return "–";
    if (Array.isArray(value)) return value.map(String).join(", ") || "–";
    if (typeof value === "boolean") return t(`boolean.${value}`);
    const text = String(value);
    // The log tells values as they are stored; a word of the tie's state is the one worth translating.
    return word(t, "LinkState", text);
  }
}

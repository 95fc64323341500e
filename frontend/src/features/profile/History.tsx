import { useState } from "react";
import { useQuery } from "../../api/ApiProvider";
import {
  type EntryFragment,
  History as HistoryDocument,
  type LinkKind,
  type ProfileQuery,
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

/** History tells what was done to a node and to those of its ties that the viewer sees or saw: by whom and when. */
export function History({ node, place }: Props) {
  const { t, language } = useI18n();
  const [first, setFirst] = useState(page);
  const { data, failure, retry } = useQuery(HistoryDocument, { id: node.id, first, language });
  const Title = place === "page" ? "h2" : "h3";
  return (
    <section className="profile-section" aria-label={t("profile.history")}>
      <Title>{t("profile.history")}</Title>
      {failure && <ErrorState failure={failure} onRetry={retry} />}
      {!data && !failure && <Skeleton lines={3} />}
      {data && <Entries entries={data.history.nodes} subject={node.id} />}
      {data?.history.pageInfo.hasNextPage && first < most && (
        <Button look="quiet" onPress={() => setFirst(most)}>
          {t("action.loadMore")}
        </Button>
      )}
      {data?.history.pageInfo.hasNextPage && first >= most && (
        <p className="profile-none">{t("history.latest", { count: most })}</p>
      )}
    </section>
  );
}

/** TieHistoryDialog tells what was done to a tie. */
export function TieHistoryDialog({ id, name, onClose }: { id: string; name: string; onClose: () => void }) {
  const { t, language } = useI18n();
  const { data, failure, retry } = useQuery(TieHistory, { id, language });
  return (
    <Dialog title={`${t("profile.history")}: ${name}`} open onClose={onClose}>
      {failure && <ErrorState failure={failure} onRetry={retry} />}
      {!data && !failure && <Skeleton lines={3} />}
      {data && <Entries entries={data.history.nodes} />}
    </Dialog>
  );
}

/** How many entries of one change are told before the rest are only counted. */
const told = 3;

function Entries({ entries, subject }: { entries: readonly EntryFragment[]; subject?: string }) {
  const { t } = useI18n();
  if (entries.length === 0) return <p className="profile-none">{t("profile.noHistory")}</p>;
  // What was done at once belongs together; what was done to the subject itself is said first.
  const changes = [...Map.groupBy(entries, ({ change }) => change).values()].map((together) =>
    together.sort((a, b) => Number(b.id === subject) - Number(a.id === subject)),
  );
  return (
    <ol className="history">
      {changes.map((together) => (
        <Line key={together[0]!.change} together={together} />
      ))}
    </ol>
  );
}

/** The account of the one person of personal mode. */
const self = "local";

function Line({ together }: { together: readonly EntryFragment[] }) {
  const { t, language } = useI18n();
  const { view } = useView();
  const { may, start } = useEditing();
  const entry = together[0]!;
  const when = new Intl.DateTimeFormat(language === "pseudo" ? "en" : language, {
    dateStyle: "medium",
    timeStyle: "short",
    calendar: "gregory",
  }).format(new Date(entry.at));
  const tie = tieOf(entry);
  const what = tie
    ? `${nameOf(entry.from)} ${t(`out.${tie}`)} ${nameOf(entry.to)}`
    : (entry.node?.name ?? "");
  const done = `${t(`verb.${entry.verb}`)} ${what}`.trim();
  const [shown, rest] = [together.slice(0, told), together.slice(told)];
  return (
    <li className="history-entry">
      {shown.map((one) => (
        <Done key={one.id + one.verb} entry={one} />
      ))}
      {rest.length > 0 && (
        <details>
          <summary>{t("history.more", { count: rest.length })}</summary>
          {rest.map((one) => (
            <Done key={one.id + one.verb} entry={one} />
          ))}
        </details>
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
}

/** tieOf returns the kind of the tie that an entry is about, also when it is no more, and null for a node. */
function tieOf(entry: EntryFragment): LinkKind | null {
  return entry.class === "LINK" ? (entry.kind as LinkKind) : null;
}

/** whole tells whether an entry is of all that there is, which came or went: everything has a visibility. */
function whole(entry: EntryFragment): boolean {
  return entry.fields.some(
    ({ name, before, after }) => name === "visibility" && (before === null || after === null),
  );
}

/** nameOf names an end of a tie, as long as there is one. */
function nameOf(end: EntryFragment["from"]): string {
  return end?.name ?? "–";
}

/** Done says what was done to one node or tie. */
function Done({ entry }: { entry: EntryFragment }) {
  const { t } = useI18n();
  const tie = tieOf(entry);
  return (
    <div>
      <p>
        <strong>{t(`verb.${entry.verb}`)}</strong>{" "}
        {tie && (
          <>
            <bdi>{nameOf(entry.from)}</bdi> {t(`out.${tie}`)} <bdi>{nameOf(entry.to)}</bdi>
          </>
        )}
      </p>
      {!whole(entry) && entry.fields.length > 0 && (
        <ul className="history-fields">
          {entry.fields.map((field) => (
            <li key={field.name}>
              {fieldName(t, field.name, entry.kind)}:{" "}
              {t("profile.became", { before: said(field.before), after: said(field.after) })}
            </li>
          ))}
        </ul>
      )}
    </div>
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

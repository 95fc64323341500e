import { useState } from "react";
import { useQuery } from "../../api/ApiProvider";
import { useCatalogue } from "../../api/CatalogueProvider";
import { Profile as ProfileDocument, type ProfileQuery } from "../../api/generated";
import { useEditing } from "../../edit/EditProvider";
import { useI18n } from "../../i18n/I18n";
import { when } from "../../i18n/when";
import { word } from "../../i18n/words";
import { explore, openProfile, select, toggleEnded } from "../../model/view";
import { VisibilityBadge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { KindMark } from "../../ui/KindMark";
import { type Command, Menu } from "../../ui/Menu";
import { More } from "../../ui/More";
import { EmptyState, ErrorState, Skeleton } from "../../ui/States";
import { useView, ViewLink } from "../../ui/view";
import { Contact, Facts, Sources } from "./Facts";
import { History, TieHistoryDialog } from "./History";
import "./profile.css";

type Subject = NonNullable<ProfileQuery["node"]>;
type Tie = Subject["links"]["nodes"][number];

type Props = {
  id: string;
  /** `page` is the screen of its own; `inspector` stands beside another screen and can be closed. */
  place: "page" | "inspector";
  /** The most ties one question may ask for. */
  pageCap: number;
};

const page = 50;

/** Profile tells all there is about one node that the viewer may see. */
export function Profile({ id, place, pageCap }: Props) {
  const { t, language } = useI18n();
  const { view, look } = useView();
  const [shown, setShown] = useState({ id, first: page });
  const first = Math.min(shown.id === id ? shown.first : page, pageCap);
  const { data, failure, loading, retry } = useQuery(ProfileDocument, {
    id,
    asOf: view.asOf,
    ended: view.ended,
    first,
    language,
  });
  // While the next subject is on its way, the one before is not shown under its name.
  const known = data?.node?.id === id ? data.node : null;
  // Nor without the catalogue, which says what there is to tell of it: what comes later would push the rest down.
  const node = useCatalogue() ? known : null;

  return (
    <article className="profile" data-place={place} aria-busy={loading}>
      {place === "inspector" && (
        <div className="profile-close">
          <Button look="quiet" square aria-label={t("inspector.close")} onPress={() => look(select(null))}>
            <Icon name="close" />
          </Button>
        </div>
      )}
      {failure && <ErrorState failure={failure} onRetry={retry} />}
      {!node &&
        !failure &&
        (loading || known ? (
          <Skeleton lines={9} />
        ) : (
          <EmptyState title={t("profile.title")} text={t("error.NOT_FOUND")} />
        ))}
      {node && (
        <Whole
          node={node}
          place={place}
          pageCap={pageCap}
          onMore={() => setShown({ id, first: first + page })}
        />
      )}
    </article>
  );
}

type WholeProps = { node: Subject; place: Props["place"]; pageCap: number; onMore: () => void };

function Whole({ node, place, pageCap, onMore }: WholeProps) {
  const { t, date } = useI18n();
  const { view } = useView();
  const { may, start, confirm } = useEditing();
  const Title = place === "page" ? "h1" : "h2";
  const names = [node.original, ...node.otherNames, ...node.translations.map(({ name }) => name)];
  const task = (type: "measurement" | "restrict" | "withdraw" | "remove" | "erase", label: string) => ({
    id: type,
    label,
    run: () => start({ type, node: node.id, name: node.name }),
  });
  // The past is read, not written: edits are of today.
  const now = view.asOf === null;
  const commands: Command[] = [
    ...(may("changeNode")
      ? [
          {
            id: "edit",
            label: t("edit.node"),
            run: () => start({ type: "editNode", node: node.id }),
          },
        ]
      : []),
    ...(may("confirm")
      ? [{ id: "confirm", label: t("edit.confirm"), run: () => confirm(node.id, node.name) }]
      : []),
    ...(may("recordMeasurement") && node.kind === "Campaign"
      ? [task("measurement", t("measurement.open"))]
      : []),
    ...(may("changeNode") ? [task("restrict", t("restrict.open"))] : []),
    ...(may("merge")
      ? [
          {
            id: "merge",
            label: t("merge.open"),
            run: () => start({ type: "merge", node: { id: node.id, kind: node.kind, name: node.name } }),
          },
        ]
      : []),
    ...(may("withdrawConsent") && node.kind === "Story" ? [task("withdraw", t("withdraw.open"))] : []),
    ...(may("removeNode") ? [task("remove", t("remove.open"))] : []),
    ...(may("erase") ? [task("erase", t("erase.open"))] : []),
  ];
  return (
    <>
      <header className="profile-head">
        <p className="profile-kind">
          <KindMark kind={node.kind} size={16} />
          <span>{t(`kind.${node.kind}`)}</span>
          {node.place && <bdi>{node.place}</bdi>}
          <VisibilityBadge visibility={node.visibility} />
        </p>
        <Title>
          <bdi>{node.name}</bdi>
        </Title>
        {names.some((name) => name !== node.name) && (
          <ul className="profile-names" aria-label={t("field.otherNames")}>
            {[...new Set(names)]
              .filter((name) => name !== node.name)
              .map((name) => (
                <li key={name}>
                  <bdi>{name}</bdi>
                </li>
              ))}
          </ul>
        )}
        <p className="profile-confirmed">
          {node.lastConfirmedAt
            ? t("profile.confirmed", { date: date(node.lastConfirmedAt.slice(0, 10)) })
            : t("profile.unconfirmed")}
        </p>
      </header>
      {node.summary && (
        <p className="profile-summary">
          <bdi>{node.summary}</bdi>
        </p>
      )}
      <InShort node={node} />
      <div className="profile-ways">
        <ViewLink className="button" data-look="primary" step={explore(node.id)}>
          <Icon name="explorer" size={16} />
          {t("action.explore")}
        </ViewLink>
        {place === "inspector" && (
          <ViewLink className="button" step={openProfile(node.id)}>
            {t("action.profile")}
          </ViewLink>
        )}
        {now && may("connect") && (
          <Button
            onPress={() =>
              start({ type: "connect", from: { id: node.id, kind: node.kind, name: node.name } })
            }
          >
            <Icon name="plus" size={16} />
            {t("edit.connect")}
          </Button>
        )}
        {now && commands.length > 0 && (
          <Menu label={t("action.more", { name: node.name })} commands={commands} />
        )}
      </div>
      <Facts node={node} place={place} />
      <Contact node={node} place={place} />
      <Ties node={node} place={place} pageCap={pageCap} onMore={onMore} />
      <Sources node={node} place={place} />
      <History key={node.id} node={node} place={place} />
    </>
  );
}

/** What the ties come to, in one sentence. It is told only of all ties, never of a part of them. */
function InShort({ node }: { node: Subject }) {
  const { t } = useI18n();
  const { nodes, totalCount } = node.links;
  if (nodes.length === 0 || nodes.length < totalCount) return null;
  const lasting = nodes.filter(({ ended }) => !ended);
  const groups = Map.groupBy(lasting, (tie) => labelOf(tie, node.id));
  const counted = [...groups].sort((a, b) => b[1].length - a[1].length);
  const unsure = lasting.filter(({ state }) => state !== "CONFIRMED").length;
  return (
    <p className="profile-short">
      <strong>{t("profile.short")}:</strong> {t("profile.shortTies", { count: lasting.length })}
      {counted.length > 0 && ": "}
      {counted.map(([label, ties]) => `${t(label)} ${ties.length}`).join(" · ")}
      {unsure > 0 && ` · ${t("profile.shortUnsure", { count: unsure })}`}
    </p>
  );
}

/** What a tie says, read from one of its ends. One that reads the same from both is said as from its start. */
function labelOf(tie: Tie, from: string) {
  const out = tie.from.id === from || tie.kind === "ALLIED_WITH" || tie.kind === "IN_DIALOGUE_WITH";
  return `${out ? "out" : "in"}.${tie.kind}` as const;
}

function Ties({ node, place, pageCap, onMore }: WholeProps) {
  const { t } = useI18n();
  const { nodes: ties, totalCount } = node.links;
  const [Section, Group] = place === "page" ? (["h2", "h3"] as const) : (["h3", "h4"] as const);
  const groups = Map.groupBy(ties, (tie) => labelOf(tie, node.id));
  const { view, look } = useView();
  const [asked, setAsked] = useState<Tie | null>(null);
  return (
    <section className="profile-section" aria-label={t("profile.ties")}>
      <Section>
        {t("profile.ties")} <span className="count">{t("directory.ties", { count: totalCount })}</span>
      </Section>
      <Button
        look="quiet"
        className="profile-ended"
        aria-pressed={view.ended}
        onPress={() => look(toggleEnded, "refine")}
      >
        <Icon name="clock" size={16} />
        {t("ties.ended")}
      </Button>
      {ties.length === 0 && <p className="profile-none">{t("profile.noTies")}</p>}
      {[...groups].map(([label, list]) => (
        <section key={label} className="tie-group">
          <Group>{t(label)}</Group>
          <ul>
            {list.map((tie) => (
              <TieLine key={tie.id} tie={tie} subject={node} onHistory={() => setAsked(tie)} />
            ))}
          </ul>
        </section>
      ))}
      <More
        shown={ties.length}
        total={totalCount}
        most={pageCap}
        onMore={onMore}
        narrow={t("profile.tiesNarrow")}
      />
      {asked && (
        <TieHistoryDialog
          id={asked.id}
          name={t("profile.tie", { a: asked.from.name, b: asked.to.name })}
          onClose={() => setAsked(null)}
        />
      )}
    </section>
  );
}

function TieLine({ tie, subject, onHistory }: { tie: Tie; subject: Subject; onHistory: () => void }) {
  const i18n = useI18n();
  const { t } = i18n;
  const { view } = useView();
  const { may, start, confirm } = useEditing();
  const held = when(i18n, tie);
  const other = tie.from.id === subject.id ? tie.to : tie.from;
  const step = view.screen === "profile" ? openProfile(other.id) : select(other.id);
  const name = t("profile.tie", { a: tie.from.name, b: tie.to.name });
  const now = view.asOf === null;
  const commands: Command[] = [
    ...(now && may("recordContact") && tie.kind === "IN_DIALOGUE_WITH"
      ? [
          {
            id: "contact",
            label: t("contact.open"),
            run: () => start({ type: "contact", link: tie.id, name }),
          },
        ]
      : []),
    ...(now && may("recordReading") && tie.kind === "TARGETS"
      ? [
          {
            id: "reading",
            label: t("reading.open"),
            run: () => start({ type: "reading", link: tie.id, name }),
          },
        ]
      : []),
    ...(now && may("confirm")
      ? [{ id: "confirm", label: t("edit.confirm"), run: () => confirm(tie.id, name) }]
      : []),
    ...(now && may("changeLink")
      ? [
          {
            id: "change",
            label: t("edit.changeTie"),
            run: () => start({ type: "changeTie", link: tie.id, name }),
          },
        ]
      : []),
    ...(now && may("end") && !tie.ended
      ? [{ id: "end", label: t("edit.end"), run: () => start({ type: "end", link: tie.id, name }) }]
      : []),
    ...(now && may("dispute") && tie.state !== "DISPUTED"
      ? [
          {
            id: "dispute",
            label: t("edit.dispute"),
            run: () => start({ type: "dispute", link: tie.id, name }),
          },
        ]
      : []),
    ...(now && may("removeLink")
      ? [
          {
            id: "remove",
            label: t("remove.open"),
            run: () => start({ type: "removeTie", link: tie.id, name }),
          },
        ]
      : []),
    { id: "history", label: t("profile.tieHistory"), run: onHistory },
  ];
  return (
    <li className="tie" data-state={tie.ended ? "ended" : tie.state.toLowerCase()}>
      <KindMark kind={other.kind} />
      <div className="tie-text">
        <ViewLink step={step}>
          <bdi>{other.name}</bdi>
        </ViewLink>
        <TieOwn tie={tie} />
        <p className="tie-facts">
          <span className="tie-state">{tie.ended ? t("state.ended") : t(`state.${tie.state}`)}</span>
          {held && <span>{held}</span>}
          {tie.strength > 0 && <span>{t("profile.strength", { value: tie.strength })}</span>}
          {tie.visibility !== "PUBLIC" && <VisibilityBadge visibility={tie.visibility} />}
        </p>
        <TieRecords tie={tie} />
        {tie.note && (
          <p className="tie-note">
            <bdi>{tie.note}</bdi>
          </p>
        )}
        {tie.sources.length > 0 && (
          <p className="tie-note">
            {t("profile.sources")}:{" "}
            {tie.sources.map((source, at) => (
              <span key={source.id}>
                {at > 0 && " · "}
                <ViewLink step={view.screen === "profile" ? openProfile(source.id) : select(source.id)}>
                  <bdi>{source.name}</bdi>
                </ViewLink>
              </span>
            ))}
          </p>
        )}
      </div>
      <Menu label={t("profile.tieMenu", { name: other.name })} commands={commands} />
    </li>
  );
}

/** How many of a tie's dated records are told; the history has them all. */
const lately = 3;

/** The contacts of a dialogue and the readings of a target, the newest first. */
function TieRecords({ tie }: { tie: Tie }) {
  const { t, date, number } = useI18n();
  const { details } = tie;
  const records = [
    ...(details && "contacts" in details ? details.contacts : []).map((one) => ({
      date: one.date,
      told: [one.channel && word(t, "Channel", one.channel), one.note],
    })),
    ...(details && "readings" in details ? details.readings : []).map((one) => ({
      date: one.date,
      told: [
        one.power !== null && t("reading.powerIs", { value: number(one.power) }),
        one.stance !== null &&
          t("reading.stanceIs", { value: t(`reading.stance.${one.stance as -2 | -1 | 0 | 1 | 2}`) }),
      ],
    })),
  ].sort((a, b) => ((a.date ?? "") < (b.date ?? "") ? 1 : -1));
  if (records.length === 0) return null;
  return (
    <ul className="tie-records">
      {records.slice(0, lately).map((record) => (
        <li key={`${record.date} ${record.told.join(" ")}`}>
          {record.date && `${date(record.date)}: `}
          <bdi>{record.told.filter(Boolean).join(" · ")}</bdi>
        </li>
      ))}
    </ul>
  );
}

/** The own fields of a tie that are words: role, post, capacity, stance. */
function TieOwn({ tie }: { tie: Tie }) {
  const { t } = useI18n();
  const catalogue = useCatalogue();
  const info = catalogue?.linkKinds.find(({ kind }) => kind === tie.kind);
  const details = (tie.details ?? {}) as Record<string, unknown>;
  const words = (info?.fields ?? []).flatMap(({ path, own, vocabulary, type }) => {
    if (!own || path.includes(".") || type !== "TEXT") return [];
    const prefixed = `${info!.details[0]!.toLowerCase()}${info!.details.slice(1)}${path[0]!.toUpperCase()}${path.slice(1)}`;
    const value = details[path] ?? details[prefixed];
    return typeof value === "string" && value !== ""
      ? [vocabulary ? word(t, vocabulary.name, value) : value]
      : [];
  });
  return words.length > 0 ? (
    <span className="tie-own">
      <bdi>{words.join(" · ")}</bdi>
    </span>
  ) : null;
}

import { useState } from "react";
import { useQuery } from "../../api/ApiProvider";
import { Introductions as IntroductionsDocument, type IntroductionsQuery } from "../../api/generated";
import { ActorPicker } from "../../edit/ActorPicker";
import { useEditing } from "../../edit/EditProvider";
import { useI18n } from "../../i18n/I18n";
import { columnOf, type Stage, stageOf, stages } from "../../model/gaps";
import { go, introductionsOf, openIntroduction } from "../../model/view";
import { Button } from "../../ui/Button";
import { More } from "../../ui/More";
import { EmptyState, ErrorState, Late, Skeleton } from "../../ui/States";
import { useView, ViewLink } from "../../ui/view";
import { Introduction } from "./Introduction";
import { Years } from "./Years";
import "./gaps.css";

type One = IntroductionsQuery["introductions"]["nodes"][number];

type Props = {
  pageCap: number;
  /** Whether the viewer coordinates the network, and may read what came of introductions over the years. */
  coordinates: boolean;
  /** The organization that the viewer answers for. */
  own: string | null;
};

/** Introductions shows all introductions by where they stand, or the one that is open. */
export function Introductions({ pageCap, coordinates, own }: Props) {
  const { view } = useView();
  return view.introduction ? (
    <Introduction id={view.introduction} answersFor={(party) => coordinates || party === own} />
  ) : (
    <Board pageCap={pageCap} coordinates={coordinates} />
  );
}

/** How many introductions are asked for at first and at a time, and how many a column shows until asked for more. */
const page = 200;
const few = 8;

function Board({ pageCap, coordinates }: Omit<Props, "own">) {
  const { t, language } = useI18n();
  const { view, look } = useView();
  const [shown, setShown] = useState(page);
  const first = Math.min(shown, pageCap);
  const answer = useQuery(IntroductionsDocument, {
    states: null,
    of: view.party,
    first,
    language,
  });
  const { data, failure, loading, retry } = answer;
  const begins = useEditing().may("suggestIntroduction");
  const found = data?.introductions.nodes;
  const byStage = Map.groupBy(found ?? [], stageOf);
  const count = (stage: Stage) => byStage.get(stage)?.length ?? 0;
  return (
    <div className="introductions">
      <header className="introductions-head">
        <h1>{t("introductions.title")}</h1>
        <div className="home-lead">
          {found ? (
            <p>
              {t("introductions.lead", {
                open: count("suggested") + count("proposed") + count("accepted") + count("made"),
              })}
            </p>
          ) : (
            <Skeleton lines={1} />
          )}
        </div>
      </header>
      {(found?.length !== 0 || view.party) && (
        <div className="board-of">
          <ActorPicker
            label={t("introductions.of")}
            value={view.party}
            onChange={(id) => look(introductionsOf(id))}
          />
        </div>
      )}
      <Late {...answer} />
      {failure && <ErrorState failure={failure} onRetry={retry} />}
      {!found && !failure && <Skeleton lines={8} />}
      {found && found.length === 0 && (
        <EmptyState
          title={t("introductions.emptyTitle")}
          text={t(
            view.party
              ? "introductions.emptyOf"
              : begins
                ? "introductions.emptyText"
                : "introductions.emptyAsked",
          )}
        >
          {begins && (
            <ViewLink className="button" data-look="primary" step={go("gaps")}>
              {t("introductions.toGaps")}
            </ViewLink>
          )}
        </EmptyState>
      )}
      {found && found.length > 0 && (
        <section className="board" aria-label={t("introductions.board")} aria-busy={loading}>
          {stages.map((stage) => (
            <Column key={stage} stage={stage} introductions={byStage.get(stage) ?? []} />
          ))}
        </section>
      )}
      {found && (
        <More
          shown={found.length}
          total={data?.introductions.totalCount ?? 0}
          most={pageCap}
          onMore={() => setShown(first + page)}
          narrow={t("introductions.narrow")}
        />
      )}
      {coordinates && found && (found.length > 0 || view.party) && <Years />}
    </div>
  );
}

function Column({ stage, introductions }: { stage: Stage; introductions: readonly One[] }) {
  const { t, number } = useI18n();
  const [all, setAll] = useState(false);
  const id = `column-${stage}`;
  const shown = all ? introductions : introductions.slice(0, few);
  const columns = new Set(introductions.map(columnOf));
  return (
    <section className="column" aria-labelledby={id} data-empty={introductions.length === 0 || undefined}>
      <h2 id={id}>
        {t(`introductions.column.${columns.has("yes") && columns.size === 1 ? "yes" : stage}`)}{" "}
        <span className="tally">{number(introductions.length)}</span>
      </h2>
      {introductions.length === 0 ? (
        <p className="column-none">{t(`introductions.column.${stage}.empty`)}</p>
      ) : (
        <ul>
          {shown.map((one) => (
            <li key={one.id}>
              <Card introduction={one} stage={stage} />
            </li>
          ))}
        </ul>
      )}
      {shown.length < introductions.length && (
        <Button look="quiet" onPress={() => setAll(true)}>
          {t("introductions.more", { count: introductions.length - shown.length })}
        </Button>
      )}
    </section>
  );
}

function Card({ introduction: one, stage }: { introduction: One; stage: Stage }) {
  const { t, date } = useI18n();
  const [a, b] = one.parties;
  const at = one.outcomeAt ?? one.dismissedAt ?? one.madeAt ?? one.proposedAt ?? one.suggestedAt;
  const open =
    stage === "suggested" || stage === "proposed" || stage === "accepted" || stage === "made" ? stage : null;
  const next = one.whole ? open : open === "proposed" ? "half" : null;
  return (
    <ViewLink className="intro-card" step={openIntroduction(one.id)}>
      <span className="intro-pair">
        <span>
          <bdi>{a?.name}</bdi>
        </span>
        <span>
          <bdi>{b?.name}</bdi>
        </span>
      </span>
      {one.broker && (
        <span className="intro-fact">
          {t("introductions.through")} <bdi>{one.broker.name}</bdi>
        </span>
      )}
      <span className="intro-fact">
        {stage === "closed" && `${t(`introductionState.${one.state}`)} · `}
        {one.outcome && `${t(`outcome.${one.outcome}`)} · `}
        {date(at.slice(0, 10))}
        {stage === "proposed" &&
          one.whole &&
          ` · ${t("introductions.answered", { count: one.answers.length })}`}
      </span>
      {next && <span className="intro-next">{t(`introductions.do.next.${next}`)}</span>}
    </ViewLink>
  );
}

import { useEffect, useRef, useState } from "react";
import { useQuery } from "../../api/ApiProvider";
import {
  GapTitle,
  Introduction as IntroductionDocument,
  type IntroductionQuery,
  MakeIntroduction,
  ProposeIntroduction,
  TakeBackIntroduction,
} from "../../api/generated";
import { useEditing } from "../../edit/EditProvider";
import { useI18n } from "../../i18n/I18n";
import { tell } from "../../i18n/say";
import { open, type Stage, stageOf } from "../../model/gaps";
import { exploreAll, go, select } from "../../model/view";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { KindMark } from "../../ui/KindMark";
import { Said } from "../../ui/Said";
import { EmptyState, ErrorState, Late, Skeleton } from "../../ui/States";
import { useView, ViewLink } from "../../ui/view";
import { Draft, useAddresses } from "./Draft";
import { AnswerDialog, CloseDialog, GiveUpDialog } from "./IntroductionDialogs";
import { EvidenceTie, Reasons } from "./Reasons";
import { takeBack } from "./takeBack";

/** Whole is an introduction with all there is to tell of it. */
export type Whole = NonNullable<IntroductionQuery["introduction"]>;

type Asked =
  | {
      readonly type: "answer";
      readonly party: Whole["parties"][number];
      readonly choice: "ACCEPT" | "DECLINE";
    }
  | { readonly type: "close" | "giveUp" };

/** Whether the viewer may say what a party answered: the party itself, or who coordinates. */
type AnswersFor = (party: string) => boolean;

/** Introduction tells all there is about one introduction and takes it from step to step. */
export function Introduction({ id, answersFor }: { id: string; answersFor: AnswersFor }) {
  const { t, language } = useI18n();
  const answer = useQuery(IntroductionDocument, { id, language });
  const { data, failure, loading, retry } = answer;
  const found = data?.introduction?.id === id ? data.introduction : null;
  return (
    <article className="introduction" aria-busy={loading}>
      <p className="introduction-back">
        <ViewLink step={go("introductions")}>{t("introductions.back")}</ViewLink>
      </p>
      <Late {...answer} />
      {failure && <ErrorState failure={failure} onRetry={retry} />}
      {!found &&
        !failure &&
        (loading ? (
          <Skeleton lines={12} />
        ) : (
          <EmptyState title={t("introductions.title")} text={t("introductions.notFound")} />
        ))}
      {found && <Told introduction={found} answersFor={answersFor} />}
    </article>
  );
}

/** namesOf gives the names of the two parties, as texts about both of them take them. */
export function namesOf({ parties: [a, b] }: Pick<Whole, "parties">): { a: string; b: string } {
  return { a: a?.name ?? "", b: b?.name ?? "" };
}

function Told({ introduction: one, answersFor }: { introduction: Whole; answersFor: AnswersFor }) {
  const { t, language } = useI18n();
  const { view } = useView();
  const { may, act } = useEditing();
  const [asked, setAsked] = useState<Asked | null>(null);
  const next = useRef<HTMLElement>(null);
  const { data: closing } = useQuery(GapTitle, one.gap ? { id: one.gap, language } : null);
  const stage = stageOf(one);
  const what = t("introductions.pair", namesOf(one));
  const { parties, state } = one;
  // The past is read, not written; and whoever is asked sees its half but takes no steps for both.
  const now = view.asOf === null && one.whole;
  const input = { id: one.id };
  const hint =
    state === "DECLINED"
      ? "declined"
      : state === "DISMISSED"
        ? "dismissed"
        : stage === "closed"
          ? "outcome"
          : stage;

  // The control that took a step is gone with it: who uses keys goes on where the next one is.
  const done = JSON.stringify([state, one.outcome, one.answers]);
  const was = useRef(done);
  useEffect(() => {
    if (was.current === done) return;
    was.current = done;
    const frame = requestAnimationFrame(() => {
      if (document.activeElement === document.body) next.current?.focus();
    });
    return () => cancelAnimationFrame(frame);
  }, [done]);

  const propose = () =>
    act(ProposeIntroduction, input, t("introductions.toast.proposed", { what }), takeBack);
  const make = () => act(MakeIntroduction, input, t("introductions.toast.made", { what }), takeBack);
  const stepBack = () =>
    act(
      TakeBackIntroduction,
      { ...input, expectedLastStep: one.lastStepAt },
      t("introductions.toast.back", { what }),
      () => null,
    );

  return (
    <>
      <header className="introduction-head">
        <h1>
          {parties.map((party, at) => (
            <span key={party.id}>
              {at > 0 && (
                <span
                  className="introduction-and"
                  data-tied={one.link !== null || undefined}
                  aria-hidden="true"
                />
              )}
              <ViewLink className="said" step={select(party.id)}>
                <bdi>{party.name}</bdi>
              </ViewLink>
            </span>
          ))}
        </h1>
        <p className="introduction-facts">
          <strong>{t(`introductionState.${state}`)}</strong>
          <span>
            {one.broker ? (
              <>
                {t("introductions.through")} <KindMark kind={one.broker.kind} size={12} />{" "}
                <ViewLink step={select(one.broker.id)}>
                  <bdi>{one.broker.name}</bdi>
                </ViewLink>
              </>
            ) : (
              t("introductions.noBroker")
            )}
          </span>
          <ViewLink step={exploreAll(parties.map((party) => party.id))}>{t("gaps.map")}</ViewLink>
        </p>
      </header>

      <Steps introduction={one} stage={stage} />

      <section className="introduction-now" aria-label={t("gaps.next")} ref={next} tabIndex={-1}>
        <p>{t(one.whole ? `introductions.hint.${hint}` : `introductions.half.${state}`)}</p>
        {stage === "outcome" && one.outcome && (
          <p>
            <strong>{t(`outcome.${one.outcome}`)}.</strong> {one.outcomeNote && <bdi>{one.outcomeNote}</bdi>}
          </p>
        )}
        {state === "DISMISSED" && one.dismissReason && (
          <blockquote>
            <bdi>{one.dismissReason}</bdi>
          </blockquote>
        )}
        {one.link && (
          <div className="introduction-link">
            <p>{t("introductions.link")}</p>
            <ul>
              <EvidenceTie tie={one.link} />
            </ul>
          </div>
        )}
        {one.madeAt && closing?.gap === null && (
          <p>
            <strong>{t("introductions.gapClosed")}</strong>
          </p>
        )}
        {now && (
          <div className="gap-ways">
            {state === "SUGGESTED" && may("proposeIntroduction") && (
              <Button look="primary" onPress={() => void propose()}>
                {t("introductions.do.propose")}
              </Button>
            )}
            {state === "ACCEPTED" && may("makeIntroduction") && (
              <Button look="primary" onPress={() => void make()}>
                {t("introductions.do.make")}
              </Button>
            )}
            {state === "MADE" && may("closeIntroduction") && (
              <Button look={one.outcome ? "plain" : "primary"} onPress={() => setAsked({ type: "close" })}>
                {t("introductions.do.close")}
              </Button>
            )}
            {state !== "MADE" && state !== "DISMISSED" && may("dismissIntroduction") && (
              <Button onPress={() => setAsked({ type: "giveUp" })}>{t("introductions.do.dismiss")}</Button>
            )}
            {may("takeBackIntroduction") && (
              <Button look="quiet" onPress={() => void stepBack()}>
                <Icon name="undo" size={16} />
                {t(state === "SUGGESTED" ? "introductions.do.remove" : "introductions.do.back")}
              </Button>
            )}
          </div>
        )}
      </section>

      <Sides
        introduction={one}
        answering={(party) =>
          view.asOf === null &&
          one.proposedAt !== null &&
          one.madeAt === null &&
          state !== "DISMISSED" &&
          may("answerIntroduction") &&
          answersFor(party)
        }
        drafting={now && (state === "SUGGESTED" || state === "PROPOSED" || state === "ACCEPTED")}
        onAnswer={(party, choice) => setAsked({ type: "answer", party, choice })}
      />

      <section className="introduction-why" aria-labelledby="introduction-why">
        <h2 id="introduction-why">{t("introductions.reasons")}</h2>
        <p className="gap-about">
          {t(one.reasons.length > 0 ? "introductions.reasonsThen" : "introductions.reasonsNone")}
        </p>
        {one.reasons.length > 0 && <Reasons reasons={one.reasons} />}
        {closing?.gap && (
          <p className="gap-about">
            {t("introductions.gap")} <Said message={closing.gap.title} />
          </p>
        )}
      </section>

      {asked?.type === "answer" && (
        <AnswerDialog
          introduction={one}
          party={asked.party}
          choice={asked.choice}
          onClose={() => setAsked(null)}
        />
      )}
      {asked?.type === "close" && <CloseDialog introduction={one} onClose={() => setAsked(null)} />}
      {asked?.type === "giveUp" && <GiveUpDialog introduction={one} onClose={() => setAsked(null)} />}
    </>
  );
}

/** The steps an introduction goes through, with the days they were taken on. */
function Steps({ introduction: one, stage }: { introduction: Whole; stage: Stage }) {
  const { t, date } = useI18n();
  const answered =
    one.answers.length === (one.whole ? one.parties.length : 1)
      ? one.answers
          .map(({ at }) => at)
          .sort()
          .at(-1)
      : null;
  const steps = [
    ["suggested", one.suggestedAt],
    ["proposed", one.proposedAt],
    ["answered", answered ?? null],
    ["made", one.madeAt],
    ["outcome", one.outcomeAt],
  ] as const;
  const next = stage === "closed" ? -1 : steps.findIndex(([, at]) => at === null);
  return (
    <ol className="steps" aria-label={t("introductions.steps")}>
      {steps.map(([name, at], n) => (
        <li key={name} data-done={at !== null || undefined} aria-current={n === next ? "step" : undefined}>
          <span>
            {t(name === "answered" && !one.whole ? "introductions.step.own" : `introductions.step.${name}`)}
          </span>
          <span className="steps-date">{at ? date(at.slice(0, 10)) : ""}</span>
        </li>
      ))}
    </ol>
  );
}

type SidesProps = {
  introduction: Whole;
  answering: AnswersFor;
  drafting: boolean;
  onAnswer: (party: Whole["parties"][number], choice: "ACCEPT" | "DECLINE") => void;
};

/** The most reasons a message gives: it is to be read. */
const mostReasons = 4;

/** The two sides: what each answered, and the message to each or to both. */
function Sides({ introduction: one, answering, drafting, onAnswer }: SidesProps) {
  const i18n = useI18n();
  const { t, date } = i18n;
  const addresses = useAddresses(drafting ? one.parties.map(({ id }) => id) : []);
  const addressesOf = (parties: Whole["parties"]) => parties.flatMap(({ id }) => addresses.get(id) ?? []);
  const reasons = open(one.reasons)
    .flatMap(({ message }) => tell(i18n, message) ?? [])
    .slice(0, mostReasons)
    .map((reason) => `– ${reason}`);
  const because = (why: string) => (reasons.length > 0 ? ["", why, ...reasons] : []);
  const asked = (to: string, other: string) =>
    [
      t("draft.introduction.open", { name: to }),
      "",
      t("draft.introduction.ask", { other }),
      ...because(t("draft.introduction.why")),
      ...(one.broker ? ["", t("draft.introduction.through", { broker: one.broker.name })] : []),
      "",
      t("draft.introduction.end"),
    ].join("\n");
  const names = namesOf(one);
  const both = [
    t("draft.both.open", names),
    "",
    t("draft.both.ask"),
    ...because(t("draft.both.why")),
    "",
    t("draft.both.end"),
  ].join("\n");
  const draft = (party: Whole["parties"][number], other: Whole["parties"][number]) => (
    <Draft
      title={t("introductions.messageTo", { name: party.name })}
      addresses={addressesOf([party])}
      subject={t("draft.introduction.subject", { other: other.name })}
      text={asked(party.name, other.name)}
    />
  );
  const wasAsked = one.proposedAt !== null;
  return (
    <>
      {one.state === "ACCEPTED" && drafting && (
        <section aria-labelledby="introduction-both">
          <h2 id="introduction-both">{t("introductions.messages")}</h2>
          <p className="gap-about">{t("introductions.messagesNote")}</p>
          <div className="side">
            <Draft
              title={t("introductions.messageBoth")}
              addresses={addressesOf(one.parties)}
              subject={t("draft.both.subject", names)}
              text={both}
            />
          </div>
        </section>
      )}
      {(wasAsked || drafting) && (
        <section aria-labelledby="introduction-sides">
          <h2 id="introduction-sides">{t(wasAsked ? "introductions.answers" : "introductions.messages")}</h2>
          {!wasAsked && <p className="gap-about">{t("introductions.messagesNote")}</p>}
          <div className="sides">
            {one.parties.map((party, at) => {
              // What the other side said is not for who is asked itself.
              if (
                !one.whole &&
                !answering(party.id) &&
                !one.answers.some((given) => given.party.id === party.id)
              )
                return null;
              const other = one.parties[1 - at]!;
              const answer = one.answers.find((given) => given.party.id === party.id);
              if (!wasAsked)
                return (
                  <div className="side" key={party.id}>
                    {draft(party, other)}
                  </div>
                );
              return (
                <div className="side" key={party.id} data-choice={answer?.choice}>
                  <p>
                    {answer
                      ? t(`introductions.answer.${answer.choice}`, {
                          name: party.name,
                          date: date(answer.at.slice(0, 10)),
                        })
                      : t("introductions.answer.none", { name: party.name })}
                  </p>
                  {answer?.note && (
                    <blockquote>
                      <bdi>{answer.note}</bdi>
                    </blockquote>
                  )}
                  {answering(party.id) && (
                    <div className="gap-ways">
                      {(["ACCEPT", "DECLINE"] as const).map((choice) => {
                        const word = choice === "ACCEPT" ? ("accept" as const) : ("decline" as const);
                        const said = t(one.whole ? `introductions.do.${word}` : `introductions.own.${word}`);
                        return (
                          <Button
                            key={choice}
                            look={
                              choice === "ACCEPT" && !answer && one.state === "PROPOSED" ? "primary" : "plain"
                            }
                            aria-label={`${party.name}: ${said}`}
                            onPress={() => onAnswer(party, choice)}
                          >
                            {said}
                          </Button>
                        );
                      })}
                    </div>
                  )}
                  {drafting && !answer && (
                    <details>
                      <summary>{t("introductions.showMessage", { name: party.name })}</summary>
                      {draft(party, other)}
                    </details>
                  )}
                </div>
              );
            })}
          </div>
        </section>
      )}
    </>
  );
}

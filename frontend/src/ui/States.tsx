import type { ReactNode } from "react";
import { useI18n } from "../i18n/I18n";
import type { Translate } from "../i18n/translator";
import type { Failure } from "../model/failure";
import { Button } from "./Button";

/** Skeleton holds the place of lines that are on their way, so that nothing jumps when they arrive. */
export function Skeleton({ lines }: { lines: number }) {
  const { t } = useI18n();
  return (
    <div className="skeleton" role="status" aria-label={t("state.loading")}>
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines are all alike and never move
        <div className="skeleton-line" key={line} />
      ))}
    </div>
  );
}

type Waiting = {
  readonly late: boolean;
  readonly course: { readonly part: "WAITING" | "READING" | "ANSWERING"; readonly share: number } | null;
  readonly giveUp: () => void;
};

/** Late says that an answer takes long, what it waits for and how far that has come, and offers not to wait for it. */
export function Late({ late, course, giveUp }: Waiting) {
  const { t, percent } = useI18n();
  const said = course ? t(`progressPart.${course.part}`) : t("state.late");
  const share = course && course.part !== "WAITING" ? course.share : null;
  return (
    <>
      <p className="late-said" role="status">
        {late && said}
      </p>
      {late && (
        <div className="late">
          <progress aria-label={said} max={1} value={share ?? undefined} />
          {share !== null && <span aria-hidden="true">{percent(share)}</span>}
          <Button onPress={giveUp}>{t("action.giveUp")}</Button>
        </div>
      )}
    </>
  );
}

/** EmptyState says why there is nothing, and what to do next. */
export function EmptyState({ title, text, children }: { title: string; text: string; children?: ReactNode }) {
  return (
    <div className="state">
      <h2>{title}</h2>
      <p>{text}</p>
      {children}
    </div>
  );
}

/** explain says in words why a request brought nothing. */
export function explain(t: Translate, failure: Failure): string {
  return failure.code === "INVALID"
    ? t("error.INVALID", { message: failure.message })
    : t(`error.${failure.code}` as Exclude<`error.${Failure["code"]}`, "error.INVALID">);
}

/** ErrorState says what happened and what was not lost, and offers to try again. */
export function ErrorState({ failure, onRetry }: { failure: Failure; onRetry: () => void }) {
  const { t } = useI18n();
  if (failure.code === "GIVEN_UP") {
    return (
      <div className="state">
        <p role="status">{explain(t, failure)}</p>
        <Button onPress={onRetry}>{t("action.askAgain")}</Button>
      </div>
    );
  }
  return (
    <div className="state" data-bad role="alert">
      <h2>{t("state.errorTitle")}</h2>
      <p>
        {explain(t, failure)} {t("state.errorKept")}
      </p>
      <Button onPress={onRetry}>{t("action.retry")}</Button>
      {failure.requestId && <p className="request-id">{t("state.requestId", { id: failure.requestId })}</p>}
    </div>
  );
}

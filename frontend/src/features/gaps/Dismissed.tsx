import { useState } from "react";
import { useQuery } from "../../api/ApiProvider";
import { Dismissals, ReopenGap } from "../../api/generated";
import { useEditing } from "../../edit/EditProvider";
import { useI18n } from "../../i18n/I18n";
import { plain, say } from "../../i18n/say";
import { Button } from "../../ui/Button";
import { More } from "../../ui/More";
import { Said } from "../../ui/Said";
import { EmptyState, ErrorState, Skeleton } from "../../ui/States";

const page = 25;

/** Dismissed lists the gaps that were dismissed, with the reasons; each can be reopened. */
export function Dismissed({ pageCap }: { pageCap: number }) {
  const i18n = useI18n();
  const { t, date, language } = i18n;
  const { may, act } = useEditing();
  const [shown, setShown] = useState(page);
  const first = Math.min(shown, pageCap);
  const { data, failure, loading, retry } = useQuery(Dismissals, { first, language });
  const found = data?.dismissals;
  return (
    <>
      {failure && <ErrorState failure={failure} onRetry={retry} />}
      {!found && !failure && <Skeleton lines={8} />}
      {found && found.nodes.length === 0 && (
        <EmptyState title={t("gaps.noneDismissed")} text={t("gaps.noneDismissedText")} />
      )}
      {found && found.nodes.length > 0 && (
        <ul className="dismissed" aria-busy={loading}>
          {found.nodes.map(({ id, gap, gapKind, title, reason, at }) => {
            const what = title ? plain(i18n, say(i18n, title)) : t("gaps.hidden");
            return (
              <li key={id} className="gap">
                <p className="gap-kind">
                  <span>{t(`gapKind.${gapKind}`)}</span>
                  <span>{t("gaps.dismissedOn", { date: date(at.slice(0, 10)) })}</span>
                </p>
                <h2>{title ? <Said message={title} /> : what}</h2>
                <blockquote>
                  <bdi>{reason}</bdi>
                </blockquote>
                {may("reopenGap") && (
                  <div className="gap-ways">
                    <Button
                      aria-label={`${t("gaps.reopen")}: ${what}`}
                      onPress={() => void act(ReopenGap, { gap }, t("gaps.reopened", { what }), () => null)}
                    >
                      {t("gaps.reopen")}
                    </Button>
                  </div>
                )}
              </li>
            );
          })}
        </ul>
      )}
      {found && (
        <More
          shown={found.nodes.length}
          total={found.totalCount}
          most={pageCap}
          onMore={() => setShown(first + page)}
          narrow={t("gaps.dismissedNarrow")}
        />
      )}
    </>
  );
}

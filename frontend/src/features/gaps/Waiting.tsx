import { useQuery } from "../../api/ApiProvider";
import { Introductions } from "../../api/generated";
import { useEditing } from "../../edit/EditProvider";
import { useI18n } from "../../i18n/I18n";
import { columnOf, stageOf } from "../../model/gaps";
import { go, openIntroduction } from "../../model/view";
import { ErrorState, Skeleton } from "../../ui/States";
import { ViewLink } from "../../ui/view";

const most = 5;

/** Waiting lists the introductions that wait for the next step. */
export function Waiting({ pageCap }: { pageCap: number }) {
  const { t, language } = useI18n();
  const begins = useEditing().may("suggestIntroduction");
  const { data, failure, retry } = useQuery(Introductions, {
    states: ["SUGGESTED", "PROPOSED", "ACCEPTED", "MADE"],
    // Of those that were made some wait for nothing any more, and could stand before all that do.
    first: pageCap,
    language,
  });
  const open = (data?.introductions.nodes ?? []).filter((one) => stageOf(one) !== "outcome");
  return (
    <section className="panel" aria-labelledby="home-waiting">
      <h2 id="home-waiting">{t("home.waiting")}</h2>
      {failure && <ErrorState failure={failure} onRetry={retry} />}
      {!data && !failure && <Skeleton lines={3} />}
      {data && open.length === 0 && (
        <p className="panel-none">{t(begins ? "home.waiting.none" : "introductions.emptyAsked")}</p>
      )}
      {open.length > 0 && (
        <ul className="waiting">
          {open.slice(0, most).map((one) => {
            const [a, b] = one.parties;
            return (
              <li key={one.id}>
                <ViewLink step={openIntroduction(one.id)}>
                  {t("introductions.pair", { a: a?.name ?? "", b: b?.name ?? "" })}
                </ViewLink>
                <span>{t(`introductions.column.${columnOf(one)}`)}</span>
              </li>
            );
          })}
        </ul>
      )}
      {data && data.introductions.totalCount > 0 && (
        <p>
          <ViewLink step={go("introductions")}>{t("home.waiting.all")}</ViewLink>
        </p>
      )}
    </section>
  );
}

import { useQuery } from "../../api/ApiProvider";
import { Lately as Question } from "../../api/generated";
import { useI18n } from "../../i18n/I18n";
import { ErrorState, Skeleton } from "../../ui/States";

const hour = 3_600_000;
const days = 7;

/** Lately counts what was done in the last days to what one sees. */
export function Lately() {
  const { t } = useI18n();
  // From a full hour, so that the question stays the same while one looks.
  const since = new Date(Math.floor(Date.now() / hour) * hour - days * 24 * hour).toISOString();
  const { data, failure, retry } = useQuery(Question, { since });
  const done = data?.changesSince;
  const count = (...verbs: readonly string[]) =>
    (done?.counts ?? []).reduce((sum, { verb, count }) => sum + (verbs.includes(verb) ? count : 0), 0);
  const added = count("ADD");
  const removed = count("REMOVE", "ERASE");
  const confirmed = count("CONFIRM");
  return (
    <section className="panel" aria-labelledby="home-lately">
      <h2 id="home-lately">{t("home.lately", { days })}</h2>
      {failure && <ErrorState failure={failure} onRetry={retry} />}
      {!done && !failure && <Skeleton lines={2} />}
      {done?.total === 0 && <p className="panel-none">{t("home.lately.none")}</p>}
      {done !== undefined && done.total > 0 && (
        <p>
          {t(done.limited ? "home.lately.newest" : "home.lately.some", {
            added,
            confirmed,
            removed,
            changed: done.total - added - confirmed - removed,
          })}
        </p>
      )}
    </section>
  );
}

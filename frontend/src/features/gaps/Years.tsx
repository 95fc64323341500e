import { useQuery } from "../../api/ApiProvider";
import { IntroductionYears } from "../../api/generated";
import { useI18n } from "../../i18n/I18n";
import { ErrorState, Skeleton } from "../../ui/States";

const columns = [
  "suggested",
  "proposed",
  "accepted",
  "declined",
  "made",
  "followed",
  "holding",
  "lasted",
  "gapsClosed",
] as const;

/** Years tells what became of introductions, in all and by the year they were suggested in. */
export function Years() {
  const { t, number } = useI18n();
  const { data, failure, retry } = useQuery(IntroductionYears, {});
  const years = data?.introductionYears;
  const sum = (name: (typeof columns)[number]) =>
    (years ?? []).reduce((total, year) => total + year[name], 0);
  return (
    <div className="years">
      <h2 id="years">{t("introductions.years")}</h2>
      {failure && <ErrorState failure={failure} onRetry={retry} />}
      {!years && !failure && <Skeleton lines={4} />}
      {years && (
        <>
          <p>
            {t("introductions.years.text", {
              made: sum("made"),
              followed: sum("followed"),
              lasted: sum("lasted"),
              gaps: sum("gapsClosed"),
            })}
          </p>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
          <section className="years-table" aria-labelledby="years" tabIndex={0}>
            <table className="numbers">
              <thead>
                <tr>
                  <th scope="col">{t("introductions.years.year")}</th>
                  {columns.map((name) => (
                    <th scope="col" key={name}>
                      {t(`introductions.years.${name}`)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {years.map((year) => (
                  <tr key={year.year}>
                    <th scope="row">{year.year}</th>
                    {columns.map((name) => (
                      <td key={name}>{number(year[name])}</td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        </>
      )}
    </div>
  );
}

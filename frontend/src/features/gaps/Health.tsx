import { type Answer, useQuery } from "../../api/ApiProvider";
import { type GlanceQuery, Trend as TrendDocument, type TrendQuery } from "../../api/generated";
import { useI18n } from "../../i18n/I18n";
import { plot, trendDays } from "../../model/trend";
import { Said } from "../../ui/Said";
import { ErrorState, Late, Skeleton } from "../../ui/States";

type Props = {
  glance: Answer<GlanceQuery>;
  /** The last day of the trend. */
  end: string;
  /** Whether what matters more has been answered: the trend is many questions in one. */
  ready: boolean;
};

/** Health tells how the network hangs together, in a sentence, and how that came about. */
export function Health({ glance, end, ready }: Props) {
  const { t } = useI18n();
  const { data, failure, retry } = glance;
  return (
    <section className="panel" aria-labelledby="home-health">
      <h2 id="home-health">{t("home.health")}</h2>
      {failure && <ErrorState failure={failure} onRetry={retry} />}
      {(data || !failure) && (
        <>
          <div className="home-health">
            {data ? (
              <p>
                <Said message={data.health.sentence} />.
              </p>
            ) : (
              <Skeleton lines={3} />
            )}
          </div>
          <Late {...glance} />
          <Trend days={trendDays(end)} ready={ready && data !== null} />
        </>
      )}
    </section>
  );
}

type Reading = TrendQuery["trend"][number];

const measures = ["ties", "giant", "alone"] as const;

/** A trend as lines small enough to stand beside their words, and as a table. */
function Trend({ days, ready }: { days: readonly string[]; ready: boolean }) {
  const { t, date, number, percent } = useI18n();
  // Many questions in one: what one edit changes of three years is not worth asking them again each time.
  const answer = useQuery(TrendDocument, ready ? { days: [...days] } : null, "once");
  const { data, failure, retry } = answer;
  const readings = data?.trend ?? [];
  const first = readings[0];
  const last = readings.at(-1);
  const say = (measure: (typeof measures)[number], reading: Reading) =>
    measure === "giant" ? percent(reading.giant) : number(reading[measure]);
  const moved = measures.some((measure) => new Set(readings.map((reading) => reading[measure])).size > 1);
  // A whole day is told as its month: what is a quarter apart needs no more.
  const month = ({ day }: Reading) => date(day.slice(0, 7));
  if (failure) return <ErrorState failure={failure} onRetry={retry} />;
  return (
    <div className="trend">
      <Late {...answer} />
      {!data && <Skeleton lines={4} />}
      {data && !moved && <p className="panel-none">{t("home.trend.none")}</p>}
      {first && last && moved && (
        <>
          <p>{t("home.trend", { from: month(first), to: month(last) })}</p>
          <dl>
            {measures.map((measure) => {
              const [before, after] = [say(measure, first), say(measure, last)];
              return (
                <div key={measure}>
                  <dt>{t(`home.trend.${measure}`)}</dt>
                  <dd>
                    <span className="visually-hidden">{t("home.trend.told", { before, after })}</span>
                    <span className="trend-line" aria-hidden="true">
                      {before}
                      <Sparkline values={readings.map((reading) => reading[measure])} />
                      <strong>{after}</strong>
                    </span>
                  </dd>
                </div>
              );
            })}
          </dl>
          <details>
            <summary>{t("home.trend.table")}</summary>
            <table className="numbers">
              <thead>
                <tr>
                  <th scope="col">{t("home.trend.month")}</th>
                  {measures.map((measure) => (
                    <th scope="col" key={measure}>
                      {t(`home.trend.${measure}`)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {readings.toReversed().map((reading) => (
                  <tr key={reading.day}>
                    <th scope="row">{month(reading)}</th>
                    {measures.map((measure) => (
                      <td key={measure}>{say(measure, reading)}</td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </details>
        </>
      )}
    </div>
  );
}

const width = 88;
const height = 20;
const edge = 3;

/** Sparkline draws values as a line that ends in a dot. The numbers beside it say what it shows. */
function Sparkline({ values }: { values: readonly number[] }) {
  const points = plot(values, width - 2 * edge, height - 2 * edge).map(({ x, y }) => ({
    x: x + edge,
    y: y + edge,
  }));
  const last = points.at(-1);
  return (
    <svg
      className="sparkline"
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      aria-hidden="true"
    >
      <polyline points={points.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ")} />
      {last && <circle cx={last.x} cy={last.y} r={edge} />}
    </svg>
  );
}

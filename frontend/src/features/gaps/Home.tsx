import { useQuery } from "../../api/ApiProvider";
import { Glance } from "../../api/generated";
import { useI18n } from "../../i18n/I18n";
import { go } from "../../model/view";
import { Said } from "../../ui/Said";
import { Skeleton } from "../../ui/States";
import { useView, ViewLink } from "../../ui/view";
import { FilterButton } from "./FilterButton";
import { GapList } from "./GapList";
import { Waiting } from "./Waiting";
import "./gaps.css";

const page = 5;

/** Home is the first page: what is missing and what to do about it, and what is under way. */
export function Home({ pageCap }: { pageCap: number }) {
  const { t } = useI18n();
  const { view } = useView();
  const { data } = useQuery(Glance, { asOf: view.asOf });
  return (
    <div className="home">
      <header className="home-head">
        <h1>{t("home.title")}</h1>
        <div className="home-lead">
          {data ? (
            <p>
              {t("home.lead", {
                gaps: data.all.totalCount,
                ready: data.ready.totalCount,
                bridging: data.bridging.totalCount,
              })}
            </p>
          ) : (
            <Skeleton lines={2} />
          )}
        </div>
      </header>
      <GapList page={page} pageCap={pageCap} tools={<FilterButton />} />
      <div className="home-side">
        <Waiting />
        <section className="panel" aria-labelledby="home-health">
          <h2 id="home-health">{t("home.health")}</h2>
          <div className="home-health">
            {data ? (
              <p>
                <Said message={data.health.sentence} />.
              </p>
            ) : (
              <Skeleton lines={3} />
            )}
          </div>
        </section>
        <p>
          <ViewLink step={go("gaps")}>{t("gaps.all")}</ViewLink>
        </p>
      </div>
    </div>
  );
}

import { useReducer } from "react";
import { useQuery } from "../../api/ApiProvider";
import { Glance } from "../../api/generated";
import { useEditing } from "../../edit/EditProvider";
import { useI18n } from "../../i18n/I18n";
import { go } from "../../model/view";
import { Button } from "../../ui/Button";
import { EmptyState, Skeleton } from "../../ui/States";
import { useView, ViewLink } from "../../ui/view";
import { FilterButton } from "./FilterButton";
import { GapList } from "./GapList";
import { Health } from "./Health";
import { Lately } from "./Lately";
import { Waiting } from "./Waiting";
import "./gaps.css";

const page = 5;

/** Home is the first page: what is missing and what to do about it, and what is under way. */
export function Home({ pageCap, today }: { pageCap: number; today: string }) {
  const { t, language } = useI18n();
  const { view } = useView();
  const { may, start } = useEditing();
  const glance = useQuery(Glance, { asOf: view.asOf, language });
  const { data, failure } = glance;
  const [listed, listIsThere] = useReducer(() => true, false);

  if (data?.viewer.network.counts.nodes === 0)
    return (
      <div className="home-blank">
        <h1 className="visually-hidden">{t("home.title")}</h1>
        <EmptyState title={t("directory.blankTitle")} text={t("directory.blankText")}>
          {may("addNode") && (
            <Button look="primary" onPress={() => start({ type: "addNode", kind: "Organization" })}>
              {t("edit.firstOrganization")}
            </Button>
          )}
        </EmptyState>
      </div>
    );

  return (
    <div className="home">
      <header className="home-head">
        <h1>{t("home.title")}</h1>
        <div className="home-lead">
          {!data && !failure && <Skeleton lines={2} />}
          {data && (
            <p>
              {data.all.totalCount === 0
                ? t("gaps.emptyText")
                : t("home.lead", {
                    gaps: data.all.totalCount,
                    ready: data.ready.totalCount,
                    bridging: data.bridging.totalCount,
                  })}
            </p>
          )}
        </div>
      </header>
      <GapList page={page} pageCap={pageCap} tools={<FilterButton />} onAnswered={listIsThere} />
      <div className="home-side">
        {may("answerIntroduction") && <Waiting pageCap={pageCap} />}
        <Health glance={glance} end={view.asOf ?? today} ready={listed} />
        {view.asOf === null && <Lately />}
        <p>
          <ViewLink step={go("gaps")}>{t("gaps.all")}</ViewLink>
        </p>
      </div>
    </div>
  );
}

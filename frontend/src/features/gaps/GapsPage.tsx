import { lazy, Suspense } from "react";
import { useI18n } from "../../i18n/I18n";
import { useMedia } from "../../ui/media";
import { Skeleton } from "../../ui/States";
import { useView } from "../../ui/view";
import { FilterButton } from "./FilterButton";
import { GapList } from "./GapList";
import "./gaps.css";

const GapFilters = lazy(async () => ({ default: (await import("./GapFilters")).GapFilters }));

const page = 10;

/** GapsPage lists every gap, ranked, with the filters beside them. */
export function GapsPage({ pageCap }: { pageCap: number }) {
  const { t } = useI18n();
  const { view } = useView();
  const narrow = useMedia("(max-width: 60rem)");
  const filtered = view.gaps.list !== "dismissed";
  return (
    <div className="gaps-page" data-filters={(filtered && !narrow) || undefined}>
      <h1>{t("gaps.title")}</h1>
      {filtered && !narrow && (
        <section className="gaps-side" aria-label={t("gaps.filters")}>
          <Suspense fallback={<Skeleton lines={12} />}>
            <GapFilters />
          </Suspense>
        </section>
      )}
      <GapList page={page} pageCap={pageCap} tools={narrow && <FilterButton />} />
    </div>
  );
}

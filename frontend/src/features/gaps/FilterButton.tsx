import { lazy, Suspense, useState } from "react";
import { useI18n } from "../../i18n/I18n";
import { gapFilterCount } from "../../model/view";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Icon } from "../../ui/Icon";
import { Skeleton } from "../../ui/States";
import { useView } from "../../ui/view";

const GapFilters = lazy(async () => ({ default: (await import("./GapFilters")).GapFilters }));

/** FilterButton opens the filters of the gaps where they have no room beside the list. */
export function FilterButton() {
  const { t } = useI18n();
  const { view } = useView();
  const count = gapFilterCount(view);
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onPress={() => setOpen(true)}>
        <Icon name="filter" size={16} />
        {count > 0 ? t("gaps.showFilters", { count }) : t("gaps.filters")}
      </Button>
      <Dialog
        title={t("gaps.filters")}
        open={open}
        onClose={() => setOpen(false)}
        foot={
          <Button look="primary" onPress={() => setOpen(false)}>
            {t("action.close")}
          </Button>
        }
      >
        <Suspense fallback={<Skeleton lines={12} />}>
          <GapFilters />
        </Suspense>
      </Dialog>
    </>
  );
}

import { Fragment, lazy, Suspense, useDeferredValue, useEffect, useMemo, useRef, useState } from "react";
import { useQuery } from "../../api/ApiProvider";
import { Ghost, Neighbourhood } from "../../api/generated";
import type { CanvasHandle } from "../../canvas/NetworkCanvas";
import type { GraphEvent } from "../../canvas/renderer";
import { useI18n } from "../../i18n/I18n";
import { empty, without } from "../../model/network";
import { readShape } from "../../model/shape";
import { expand, layGhost, select, toggleEnded, toggleOutline } from "../../model/view";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { phone, useMedia } from "../../ui/media";
import { usePreferences } from "../../ui/preferences";
import { Said } from "../../ui/Said";
import { EmptyState, ErrorState, Skeleton } from "../../ui/States";
import { useView } from "../../ui/view";
import "./explorer.css";
import { Legend } from "./Legend";
import { Outline } from "./Outline";

// The drawing engine is as large as the rest; it comes when there is something to draw.
const NetworkCanvas = lazy(async () => ({
  default: (await import("../../canvas/NetworkCanvas")).NetworkCanvas,
}));

/** The most nodes on one canvas: what a layout in the browser settles in reasonable time. */
const limit = 500;

/** Explorer shows the neighbourhoods of the nodes one opened, as a picture and as an outline of the same. */
export function Explorer({ today }: { today: string }) {
  const { t, language } = useI18n();
  const { view, look } = useView();
  const small = useMedia(phone);
  const { shown: theme } = usePreferences();
  const [picture, setPicture] = useState(false);
  const [hovered, setHovered] = useState<string | null>(null);
  const canvas = useRef<CanvasHandle>(null);

  // Somebody who comes with a selection but nothing opened means to start there.
  const roots = useMemo(
    () => (view.roots.length > 0 ? view.roots : view.selected ? [view.selected] : []),
    [view.roots, view.selected],
  );
  const question =
    roots.length > 0 ? { ids: [...roots], ended: view.ended, limit, asOf: view.asOf, language } : null;
  const { data, failure, loading, retry } = useQuery(Neighbourhood, question);
  const read = useMemo(
    () => (data ? readShape(data.neighbourhood, view.asOf ?? today) : null),
    [data, view.asOf, today],
  );
  const network = useMemo(() => (read ? without(read.network, view.hidden) : null), [read, view.hidden]);
  const drawn = useDeferredValue(network);
  // A gap that is closed meanwhile, or not seen, leaves no ghost.
  const { data: missing } = useQuery(
    Ghost,
    view.ghost ? { id: view.ghost, asOf: view.asOf, language } : null,
  );
  const gap = (view.ghost && missing?.gap) || null;
  const ghost = useMemo(() => {
    const [a, b, ...more] = gap?.nodes.map(({ id }) => id) ?? [];
    const there = (id: string | undefined) => id !== undefined && (drawn ?? empty).ids.includes(id);
    return there(a) && there(b) && more.length === 0 ? ([a, b] as [string, string]) : null;
  }, [gap, drawn]);
  // The key tells only of lines that are there.
  const lines = useMemo(() => {
    const { state, ended } = (drawn ?? empty).links;
    return [
      ...(state.includes("CLAIMED") ? (["claimed"] as const) : []),
      ...(state.includes("DISPUTED") ? (["disputed"] as const) : []),
      ...(ended.includes(true) ? (["ended"] as const) : []),
      ...(ghost ? (["missing"] as const) : []),
    ];
  }, [drawn, ghost]);

  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const typing =
        event.target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
      if (typing || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (event.key === "o") look(toggleOutline, "refine");
      if (event.key === "f") canvas.current?.fit();
    };
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  }, [look]);

  const hear = (event: GraphEvent) => {
    if (event.type === "select") look(select(event.id));
    if (event.type === "expand") look(expand(event.id));
    if (event.type === "background") look(select(null));
    if (event.type === "hover") setHovered(event.id);
  };

  if (roots.length === 0)
    return (
      <div className="explorer-blank">
        <h1 className="visually-hidden">{t("explorer.title")}</h1>
        <EmptyState title={t("explorer.emptyTitle")} text={t("explorer.emptyText")} />
      </div>
    );

  const withOutline = small ? !picture : view.outline;
  const withPicture = small ? picture : true;
  return (
    <div
      className="explorer"
      data-outline={withOutline || undefined}
      data-picture={withPicture || undefined}
      aria-busy={loading}
    >
      <header className="explorer-bar">
        <h1>{t("explorer.title")}</h1>
        {network && <Legend network={read?.network ?? network} />}
        {gap && (
          <p className="explorer-gap">
            <span>
              <Said message={gap.title} />.
            </span>
            <Button
              look="quiet"
              square
              aria-label={t("explorer.layGhost")}
              onPress={() => look(layGhost, "refine")}
            >
              <Icon name="close" size={16} />
            </Button>
          </p>
        )}
        <span className="explorer-tools">
          {withPicture && (
            <>
              <Button
                look="quiet"
                square
                aria-label={t("action.zoomIn")}
                onPress={() => canvas.current?.zoom(1.5)}
              >
                <Icon name="plus" />
              </Button>
              <Button
                look="quiet"
                square
                aria-label={t("action.zoomOut")}
                onPress={() => canvas.current?.zoom(1 / 1.5)}
              >
                <Icon name="minus" />
              </Button>
              <Button look="quiet" square aria-label={t("action.fit")} onPress={() => canvas.current?.fit()}>
                <Icon name="fit" />
              </Button>
            </>
          )}
          <Button look="quiet" aria-pressed={view.ended} onPress={() => look(toggleEnded, "refine")}>
            <Icon name="clock" size={16} />
            {t("ties.ended")}
          </Button>
          {small ? (
            <Button onPress={() => setPicture(!picture)}>
              <Icon name={picture ? "outline" : "explorer"} size={16} />
              {t(picture ? "explorer.showOutline" : "explorer.showPicture")}
            </Button>
          ) : (
            <Button look="quiet" aria-pressed={view.outline} onPress={() => look(toggleOutline, "refine")}>
              <Icon name="outline" size={16} />
              {t("explorer.outline")}
            </Button>
          )}
        </span>
      </header>
      {failure && <ErrorState failure={failure} onRetry={retry} />}
      {!network && !failure && <Skeleton lines={12} />}
      {network && withOutline && (
        <section className="explorer-outline" aria-label={t("explorer.outline")}>
          {read?.limited && <p className="explorer-note">{t("explorer.truncated", { count: limit })}</p>}
          <Outline network={network} roots={roots} pointed={hovered} onPoint={setHovered} />
        </section>
      )}
      {drawn && withPicture && (
        <section className="explorer-picture">
          <Suspense>
            <NetworkCanvas
              ref={canvas}
              network={drawn}
              roots={roots}
              ghost={ghost}
              selected={view.selected}
              pointed={hovered}
              label={t("explorer.canvas", { nodes: drawn.ids.length, links: drawn.links.ids.length })}
              fallback={t("explorer.noWebgl")}
              theme={theme}
              onEvent={hear}
            />
          </Suspense>
          <p className="explorer-key">
            {lines.map((line) => (
              <Fragment key={line}>
                <span className="key-line" data-line={line} /> {t(`explorer.links.${line}`)}
              </Fragment>
            ))}
          </p>
        </section>
      )}
    </div>
  );
}

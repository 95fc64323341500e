import { type ReactNode, useEffect, useRef, useState } from "react";
import { useQuery } from "../../api/ApiProvider";
import { type GapLineFragment, Gaps, type GapsQueryVariables } from "../../api/generated";
import { useEditing } from "../../edit/EditProvider";
import { useI18n } from "../../i18n/I18n";
import { askedKinds } from "../../model/gaps";
import { type GapFilter, gapFilterCount, gapLists, listGaps, widenGaps } from "../../model/view";
import { Button } from "../../ui/Button";
import { More } from "../../ui/More";
import { EmptyState, ErrorState, Late, Skeleton } from "../../ui/States";
import { useView, ViewLink } from "../../ui/view";
import { Dismissed } from "./Dismissed";
import { GapCard } from "./GapCard";
import { GapChips } from "./GapChips";

type Props = {
  /** How many are shown at first, and how many more at a time. */
  page: number;
  pageCap: number;
  /** What stands beside the number of gaps. */
  tools?: ReactNode;
  /** Hears that the list is there, or could not be had. */
  onAnswered?: () => void;
};

const lists: Readonly<Record<Exclude<GapFilter["list"], "dismissed">, GapsQueryVariables["list"]>> = {
  all: "ALL",
  ready: "READY",
  bridging: "BRIDGING",
};

/** GapList lists the gaps that the view asks for, in one of the lists, as cards. */
export function GapList(props: Props) {
  const { t } = useI18n();
  const { view } = useView();
  const { may } = useEditing();
  const { list } = view.gaps;
  // What is dismissed is read for itself: nothing waits for it.
  useAnswered(list === "dismissed", props.onAnswered);
  // Who dismisses nothing has nothing to look for there.
  const offered = gapLists.filter((name) => name !== "dismissed" || name === list || may("dismissGap"));
  return (
    <section className="gap-list" aria-label={t("gaps.title")}>
      <nav className="tabs" aria-label={t("gaps.lists")}>
        {offered.map((name) => (
          <ViewLink
            key={name}
            className="tab"
            step={listGaps(name)}
            aria-current={list === name ? "page" : undefined}
          >
            {t(`gaps.list.${name}`)}
          </ViewLink>
        ))}
      </nav>
      <p className="gap-about">{t(`gaps.about.${list}`)}</p>
      {list === "dismissed" ? <Dismissed pageCap={props.pageCap} /> : <Ranked list={list} {...props} />}
    </section>
  );
}

function Ranked({ list, page, pageCap, tools, onAnswered }: Props & { list: keyof typeof lists }) {
  const { t, language } = useI18n();
  const { view, look } = useView();
  const question = JSON.stringify([view.gaps, view.asOf]);
  const [shown, setShown] = useState({ question, first: page });
  const first = Math.min(shown.question === question ? shown.first : page, pageCap);
  const kinds = askedKinds(view.gaps);
  const scope = view.gaps.scope;
  const answer = useQuery(Gaps, {
    list: lists[list],
    kinds: kinds.length > 0 ? [...kinds] : null,
    scope: Object.values(scope).some((value) => value !== null) ? scope : null,
    first,
    asOf: view.asOf,
    language,
  });
  const { data, failure, loading, retry } = answer;
  const gaps = data?.gaps;
  // What one is doing something about stays until one is done, whatever others did meanwhile.
  const [held, setHeld] = useState<{ gap: GapLineFragment; at: number } | null>(null);
  const found = gaps?.nodes ?? [];
  const shownGaps =
    held && !found.some(({ id }) => id === held.gap.id) ? found.toSpliced(held.at, 0, held.gap) : found;
  useAnswered(data !== null || failure !== null, onAnswered);
  const asked = gapFilterCount(view);
  const cards = useKeptFocus(shownGaps.map(({ id }) => id));

  return (
    <>
      <div className="gap-bar">
        <p className="count" role="status">
          {gaps && t("gaps.shown", { shown: gaps.nodes.length, count: gaps.totalCount })}
        </p>
        {tools}
      </div>
      <GapChips />
      {view.asOf && <p className="gap-about">{t("gaps.past")}</p>}
      {failure && <ErrorState failure={failure} onRetry={retry} />}
      <Late {...answer} />
      {!gaps && !failure && (
        <div className="gaps">
          {Array.from({ length: Math.min(page, 4) }, (_, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the places of cards are all alike and never move
            <div className="gap gap-waiting" key={at}>
              <Skeleton lines={6} />
            </div>
          ))}
        </div>
      )}
      {gaps && shownGaps.length === 0 && (
        <EmptyState
          title={t("gaps.emptyTitle")}
          text={t(asked > 0 ? "gaps.emptyFiltered" : "gaps.emptyText")}
        >
          {asked > 0 && <Button onPress={() => look(widenGaps)}>{t("directory.clear")}</Button>}
        </EmptyState>
      )}
      {shownGaps.length > 0 && (
        <ol
          className="gaps"
          ref={cards}
          data-answers
          data-late={answer.late || undefined}
          aria-busy={loading}
        >
          {shownGaps.map((gap, at) => (
            <li key={gap.id} data-gap={gap.id}>
              <GapCard gap={gap} onBusy={(busy) => setHeld(busy ? { gap, at } : null)} />
            </li>
          ))}
        </ol>
      )}
      {gaps && (
        <More
          shown={gaps.nodes.length}
          total={gaps.totalCount}
          most={pageCap}
          onMore={() => setShown({ question, first: first + page })}
          narrow={t("gaps.narrow")}
        />
      )}
      {gaps?.limited && <p className="gap-about">{t("gaps.limited")}</p>}
    </>
  );
}

/** useAnswered tells once something is answered. */
function useAnswered(answered: boolean, tell?: () => void) {
  useEffect(() => {
    if (answered) tell?.();
  }, [answered, tell]);
}

/**
 * useKeptFocus keeps the place of who uses keys in a list whose entries come and go: when the entry that had the focus
 * is gone, the one that took its place has it. Entries carry data-gap.
 */
function useKeptFocus(ids: readonly string[]) {
  const list = useRef<HTMLOListElement>(null);
  const last = useRef<{ id: string; at: number } | null>(null);
  const key = ids.join();

  useEffect(() => {
    const remember = (event: FocusEvent) => {
      const entry = (event.target as Element).closest<HTMLElement>("[data-gap]");
      // In a dialog over the list one is still at the entry that opened it.
      if (entry)
        last.current = { id: entry.dataset.gap!, at: [...entry.parentElement!.children].indexOf(entry) };
      else if (event.target instanceof Element && !event.target.closest("[role=dialog]")) last.current = null;
    };
    document.addEventListener("focusin", remember);
    return () => document.removeEventListener("focusin", remember);
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: it is about the entries, and runs when they changed
  useEffect(() => {
    const place = last.current;
    if (!place || !list.current || ids.includes(place.id)) return;
    if (document.activeElement !== document.body && document.activeElement?.isConnected) return;
    const entries = list.current.children;
    const next = entries[Math.min(place.at, entries.length - 1)];
    next?.querySelector<HTMLElement>("article")?.focus();
  }, [key]);

  return list;
}

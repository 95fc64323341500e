import { lazy, Suspense, useId, useState } from "react";
import type { GapLineFragment } from "../../api/generated";
import { type Mutation, useEditing } from "../../edit/EditProvider";
import { useI18n } from "../../i18n/I18n";
import { plain, say } from "../../i18n/say";
import { type Subject, type Way, waysOf } from "../../model/gaps";
import { exploreAll, openIntroduction, select } from "../../model/view";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { Said } from "../../ui/Said";
import { useView, ViewLink } from "../../ui/view";
import { Miniature } from "./Miniature";
import { Reasons } from "./Reasons";

// Most who come only look: the forms are fetched with the first of them.
const DismissDialog = lazy(async () => ({ default: (await import("./DismissDialog")).DismissDialog }));
const IntroduceDialog = lazy(async () => ({ default: (await import("./IntroduceDialog")).IntroduceDialog }));
const WriteDialog = lazy(async () => ({ default: (await import("./WriteDialog")).WriteDialog }));

type Asked =
  | { readonly type: "dismiss" }
  | { readonly type: "write"; readonly to: readonly Subject[] }
  | Extract<Way, { type: "introduce" | "invite" }>;

/** What the viewer must be allowed to do for a way to be offered. A draft is for those who may act on a gap. */
const needed: Readonly<Record<Way["type"], Mutation>> = {
  introduce: "suggestIntroduction",
  invite: "suggestIntroduction",
  tie: "connect",
  membership: "connect",
  role: "connect",
  work: "connect",
  support: "connect",
  dialogue: "connect",
  contact: "recordContact",
  confirm: "confirm",
  edit: "changeNode",
  merge: "merge",
  write: "dismissGap",
};

type Props = {
  gap: GapLineFragment;
  /** Hears whether something is being done about it in a dialog. */
  onBusy: (busy: boolean) => void;
};

/** GapCard tells one gap: what is missing, why that is thought, and what to do about it. */
export function GapCard({ gap, onBusy }: Props) {
  const i18n = useI18n();
  const { t } = i18n;
  const { view } = useView();
  const { may, start, confirm } = useEditing();
  const [asked, setAsked] = useState<Asked | null>(null);
  const begin = (what: Asked) => {
    setAsked(what);
    onBusy(true);
  };
  const end = () => {
    setAsked(null);
    onBusy(false);
  };
  const id = useId();
  const what = plain(i18n, say(i18n, gap.title));
  // The past is read, not written.
  const now = view.asOf === null;
  const known = gap.introduction;
  // What was given up may be begun anew.
  const underWay = known && known.state !== "DISMISSED" ? known : null;
  const ways = waysOf(gap).filter(
    ({ type }) => now && may(needed[type]) && !(underWay && (type === "introduce" || type === "invite")),
  );

  const named = new Set(gap.nextStep.message.args.flatMap(({ nodes }) => nodes));
  const others = gap.nextStep.who.filter(({ id }) => !named.has(id));

  const go = (way: Way) => {
    switch (way.type) {
      case "introduce":
      case "invite":
      case "write":
        return begin(way);
      case "contact":
        return start({
          type: "contact",
          link: way.link,
          name: t("profile.tie", { a: way.a.name, b: way.b.name }),
        });
      case "confirm":
        return confirm(way.node.id, way.node.name);
      case "edit":
        return start({ type: "editNode", node: way.node.id });
      case "merge":
        return start(way);
      default:
        return start({ type: "connect", ...way.tie });
    }
  };

  return (
    <article className="gap" aria-labelledby={id} tabIndex={-1}>
      <div className="gap-head">
        <div className="gap-title">
          <p className="gap-kind">
            <span>{t(`gapKind.${gap.kind}`)}</span>
            {known && (
              <ViewLink step={openIntroduction(known.id)}>
                {t("gaps.underWay", { state: t(`introductionState.${known.state}`) })}
              </ViewLink>
            )}
          </p>
          <h2 id={id}>
            <Said message={gap.title} />
          </h2>
          {gap.value !== null && (
            <dl className="gap-numbers">
              <Share label={t("gaps.likely")} value={gap.likelihood} none={t("gaps.untold")} />
              <Share label={t("gaps.worth")} value={gap.value} />
            </dl>
          )}
        </div>
        <Miniature {...gap} />
      </div>
      <Reasons reasons={gap.reasons} worth={gap.worth} />
      <div className="gap-next">
        <p>
          <strong>{t("gaps.next")}:</strong> <Said message={gap.nextStep.message} />
          {now && ways.length === 0 && !underWay && may("dismissGap") && (
            <span className="gap-outside"> {t("gaps.outside")}</span>
          )}
        </p>
        {others.length > 0 && (
          <p className="gap-who">
            {t("gaps.who")}{" "}
            {others.map((node, at) => (
              <span key={node.id}>
                {at > 0 && " · "}
                <ViewLink className="said" step={select(node.id)}>
                  <bdi>{node.name}</bdi>
                </ViewLink>
              </span>
            ))}
          </p>
        )}
        <div className="gap-ways">
          {underWay && (
            <ViewLink className="button" data-look="primary" step={openIntroduction(underWay.id)}>
              {t("way.open")}
            </ViewLink>
          )}
          {ways.map((way, at) => (
            <Button key={way.type} look={at === 0 && !underWay ? "primary" : "plain"} onPress={() => go(way)}>
              {t(`way.${way.type}`)}
            </Button>
          ))}
          <ViewLink
            className="button"
            data-look="quiet"
            step={exploreAll(
              gap.nodes.map((node) => node.id),
              gap.id,
            )}
          >
            <Icon name="explorer" size={16} />
            {t("gaps.map")}
          </ViewLink>
          {now && may("dismissGap") && (
            <Button look="quiet" onPress={() => begin({ type: "dismiss" })}>
              {t("gaps.dismiss")}
            </Button>
          )}
        </div>
      </div>
      <Suspense>
        {asked?.type === "dismiss" && <DismissDialog gap={gap.id} what={what} onClose={end} />}
        {asked?.type === "write" && <WriteDialog gap={gap} to={asked.to} onClose={end} />}
        {(asked?.type === "introduce" || asked?.type === "invite") && (
          <IntroduceDialog gap={gap.id} a={asked.a} b={asked.b} brokers={asked.brokers} onClose={end} />
        )}
      </Suspense>
    </article>
  );
}

/** One number between none and all, as a share and as a bar; in words where there is none. */
function Share({ label, value, none = "" }: { label: string; value: number | null; none?: string }) {
  const { percent } = useI18n();
  return (
    <div className="gap-number">
      <dt>{label}</dt>
      {value === null ? (
        <dd>{none}</dd>
      ) : (
        <dd>
          <span className="weight-bar" aria-hidden="true">
            <span style={{ inlineSize: `${100 * value}%` }} />
          </span>
          {percent(value)}
        </dd>
      )}
    </div>
  );
}

import { useId, useState } from "react";
import type { EvidenceTieFragment, ReasonLineFragment } from "../../api/generated";
import { useI18n } from "../../i18n/I18n";
import { plain, say } from "../../i18n/say";
import { when } from "../../i18n/when";
import { select } from "../../model/view";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { KindMark } from "../../ui/KindMark";
import { Said } from "../../ui/Said";
import { ViewLink } from "../../ui/view";

/** Reason is one thing that speaks for a gap or an introduction, and what it rests on. */
export type Reason = ReasonLineFragment;

/** Reasons shown before one asks for more, and ties of one reason likewise. */
const fewReasons = 3;
const fewTies = 8;

/** The server names this many ties of a reason at most. */
const mostTies = 20;

/**
 * Reasons lists what speaks for something, the weightiest first, each one press from what it rests on; and, when
 * asked for, what it would give.
 */
export function Reasons({ reasons, worth = [] }: { reasons: readonly Reason[]; worth?: readonly Reason[] }) {
  const { t } = useI18n();
  const [all, setAll] = useState(false);
  const [gives, setGives] = useState(false);
  const id = useId();
  const rest = reasons.length - fewReasons;
  return (
    <div className="reasons">
      {/* To hide a single one behind a button would gain nothing. */}
      <List label={t("gaps.weight")} reasons={all || rest <= 1 ? reasons : reasons.slice(0, fewReasons)} />
      {rest > 1 && (
        <Button look="quiet" aria-expanded={all} onPress={() => setAll(!all)}>
          {all ? t("gaps.fewerReasons") : t("gaps.moreReasons", { count: rest })}
        </Button>
      )}
      {worth.length > 0 && (
        <Button
          look="quiet"
          aria-expanded={gives}
          {...(gives ? { "aria-controls": id } : {})}
          onPress={() => setGives(!gives)}
        >
          {t("gaps.gives")}
        </Button>
      )}
      {gives && <List id={id} label={t("gaps.gives")} reasons={worth} />}
    </div>
  );
}

function List({ id, label, reasons }: { id?: string; label: string; reasons: readonly Reason[] }) {
  return (
    <ul id={id} aria-label={label}>
      {reasons.map((reason, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the reasons of one gap are known by their rank
        <ReasonLine key={at} reason={reason} />
      ))}
    </ul>
  );
}

function ReasonLine({ reason }: { reason: Reason }) {
  const i18n = useI18n();
  const { t, percent } = i18n;
  const [open, setOpen] = useState(false);
  const id = useId();
  const share = percent(reason.share);
  const what = plain(i18n, say(i18n, reason.message));
  return (
    // To who is asked, the reasons are told without their weights.
    <li className="reason" data-open={open || undefined} data-weighed={reason.share > 0 || undefined}>
      {reason.share > 0 && (
        <span className="weight" title={t("gaps.share", { share })}>
          <span>{share}</span>
          <span className="weight-bar" aria-hidden="true">
            <span style={{ inlineSize: `${Math.max(100 * reason.share, 2)}%` }} />
          </span>
        </span>
      )}
      <p>
        <Said message={reason.message} />
      </p>
      <Button
        look="quiet"
        square
        aria-label={t("gaps.evidence", { what })}
        aria-expanded={open}
        {...(open ? { "aria-controls": id } : {})}
        onPress={() => setOpen(!open)}
      >
        <Icon name="chevron" size={16} />
      </Button>
      {open && (
        <div className="evidence" id={id}>
          <Evidence reason={reason} />
        </div>
      )}
    </li>
  );
}

function Evidence({ reason: { nodes, links } }: { reason: Reason }) {
  const { t } = useI18n();
  const [all, setAll] = useState(false);
  if (links.length === 0)
    return (
      <>
        <p>{t("gaps.evidenceNone")}</p>
        <ul className="evidence-nodes">
          {nodes.map((node) => (
            <li key={node.id}>
              <KindMark kind={node.kind} />
              <ViewLink step={select(node.id)}>
                <bdi>{node.name}</bdi>
              </ViewLink>
            </li>
          ))}
        </ul>
      </>
    );
  const shown = all ? links : links.slice(0, fewTies);
  return (
    <>
      <p>
        {links.length < mostTies ? t("gaps.evidenceTies", { count: links.length }) : t("gaps.evidenceMost")}
      </p>
      <ul>
        {shown.map((tie) => (
          <EvidenceTie key={tie.id} tie={tie} />
        ))}
      </ul>
      {shown.length < links.length && (
        <Button look="quiet" onPress={() => setAll(true)}>
          {t("gaps.moreTies", { count: links.length - shown.length })}
        </Button>
      )}
    </>
  );
}

/** EvidenceTie tells a tie as it is recorded: who, what, since when, how sure, and by which sources. */
export function EvidenceTie({ tie }: { tie: EvidenceTieFragment }) {
  const i18n = useI18n();
  const { t } = i18n;
  const end = (node: EvidenceTieFragment["from"]) => (
    <ViewLink step={select(node.id)}>
      <KindMark kind={node.kind} size={12} />
      <bdi>{node.name}</bdi>
    </ViewLink>
  );
  const held = when(i18n, tie);
  return (
    <li className="evidence-tie" data-state={tie.ended ? "ended" : tie.state.toLowerCase()}>
      <span className="evidence-ends">
        {end(tie.from)} <span>{t(`out.${tie.kind}`)}</span> {end(tie.to)}
      </span>
      <span className="evidence-facts">
        <span>{tie.ended ? t("state.ended") : t(`state.${tie.state}`)}</span>
        {held && <span>{held}</span>}
        {tie.strength > 0 && <span>{t("profile.strength", { value: tie.strength })}</span>}
        {tie.sources.map((source) => (
          <ViewLink key={source.id} step={select(source.id)}>
            <bdi>{source.name}</bdi>
          </ViewLink>
        ))}
      </span>
    </li>
  );
}

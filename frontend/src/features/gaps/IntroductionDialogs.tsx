import { useState } from "react";
import { useQuery } from "../../api/ApiProvider";
import {
  AnswerIntroduction,
  CloseIntroduction,
  Connect,
  type ConnectInput,
  DismissIntroduction,
  TiesBetween,
} from "../../api/generated";
import { EditDialog, errorOf } from "../../edit/EditDialog";
import { useEditing } from "../../edit/EditProvider";
import { Intent } from "../../edit/intent";
import { useI18n } from "../../i18n/I18n";
import type { LinkKind } from "../../model/kinds";
import { ChoiceField, DateField, TextField } from "../../ui/Field";
import { namesOf, type Whole } from "./Introduction";
import { takeBack } from "./takeBack";

type Props = { introduction: Whole; onClose: () => void };

type AnswerProps = Props & {
  party: Whole["parties"][number];
  /** What it is thought to have answered, which can still be changed. */
  choice: "ACCEPT" | "DECLINE";
};

/** AnswerDialog writes down what a party answered. */
export function AnswerDialog({ introduction, party, choice, onClose }: AnswerProps) {
  const { t } = useI18n();
  const { send } = useEditing();
  const [chosen, setChosen] = useState<string>(choice);
  const [note, setNote] = useState("");
  const { id } = introduction;
  const title = introduction.whole
    ? t("introductions.answerTitle", { name: party.name })
    : t("introductions.own.title");
  return (
    <EditDialog
      title={title}
      action={t("introductions.answerAction")}
      onClose={onClose}
      placed={({ field }) => field === "note"}
      onSubmit={(intent) =>
        send(
          AnswerIntroduction,
          { id, party: party.id, choice: chosen as "ACCEPT" | "DECLINE", note: note.trim() },
          t("introductions.toast.answered", { name: party.name }),
          intent,
          // Who is asked itself does not take steps back, but may answer anew.
          (edited) => (introduction.whole ? takeBack(edited) : null),
        )
      }
    >
      {(failure) => (
        <>
          <ChoiceField
            label={title}
            wide
            value={chosen}
            options={[
              { value: "ACCEPT", label: t("introductions.answer.yes") },
              { value: "DECLINE", label: t("introductions.answer.no") },
            ]}
            onChange={setChosen}
          />
          {chosen === "DECLINE" && introduction.whole && (
            <p className="edit-note">{t("introductions.hint.declined")}</p>
          )}
          <TextField
            label={t("introductions.answerNote")}
            hint={t(introduction.whole ? "introductions.answerNoteHint" : "introductions.own.noteHint")}
            long
            value={note}
            onChange={setNote}
            error={errorOf(failure, "note")}
          />
        </>
      )}
    </EditDialog>
  );
}

/** The kinds of tie that may follow an introduction, as read from the first party that can have them. */
const following: readonly LinkKind[] = ["IN_DIALOGUE_WITH", "ALLIED_WITH"];

/**
 * CloseDialog says what came of an introduction. The tie that followed is one that is recorded already, or is recorded
 * with it.
 */
export function CloseDialog({ introduction, onClose }: Props) {
  const { t, language } = useI18n();
  const { send } = useEditing();
  const [outcome, setOutcome] = useState<string>(introduction.outcome ?? "TIE");
  const [chosen, setChosen] = useState<string | null>(null);
  const [since, setSince] = useState(introduction.madeAt?.slice(0, 10) ?? "");
  const [note, setNote] = useState(introduction.outcomeNote);
  // The tie and the outcome are two edits: either may be sent again without being done twice.
  const [intents] = useState(() => ({ tie: new Intent(), outcome: new Intent() }));
  const { id, parties } = introduction;
  const [a, b] = parties;
  const { data } = useQuery(TiesBetween, { id: a?.id ?? "", other: b?.id ?? "", language }, "once");
  const ties = data?.node?.links.nodes ?? [];
  const coalition = parties.find(({ kind }) => kind === "Coalition");
  const kinds: readonly LinkKind[] = coalition ? ["MEMBER_OF", ...following] : following;
  const link = chosen ?? introduction.link?.id ?? ties.at(-1)?.id ?? `new ${kinds[0]}`;
  const fresh = kinds.find((kind) => link === `new ${kind}`);
  const names = namesOf(introduction);
  const what = t("introductions.pair", names);

  /** From whom to whom a tie leads: a member is one of the coalition, whichever of the two that is. */
  const ends = (kind: LinkKind) => (kind === "MEMBER_OF" && a?.id === coalition?.id ? [b, a] : [a, b]);

  const connect = (kind: LinkKind) => {
    const [from, to] = ends(kind);
    const fields = since.trim() ? { since: since.trim() } : {};
    return send<ConnectInput>(
      Connect,
      { kind, from: from?.id ?? "", to: to?.id ?? "", fields: fields as ConnectInput["fields"] },
      t("toast.connected", names),
      intents.tie,
    );
  };

  return (
    <EditDialog
      title={t("introductions.closeTitle")}
      action={t("introductions.closeAction")}
      onClose={onClose}
      placed={({ field }) => field === "since" || field === "note"}
      onSubmit={async () => {
        let made: string | null = link === "none" || fresh ? null : link;
        if (outcome === "TIE" && fresh) {
          const connected = await connect(fresh);
          if ("failure" in connected) return connected;
          made = connected.done.link?.id ?? null;
        }
        return send(
          CloseIntroduction,
          {
            id,
            outcome: outcome as "TIE" | "TALKING" | "NOTHING",
            link: outcome === "TIE" ? made : null,
            note: note.trim(),
          },
          t("introductions.toast.closed", { what }),
          intents.outcome,
          takeBack,
        );
      }}
    >
      {(failure) => (
        <>
          <ChoiceField
            label={t("introductions.closeTitle")}
            wide
            value={outcome}
            options={(["TIE", "TALKING", "NOTHING"] as const).map((value) => ({
              value,
              label: t(`outcome.${value}`),
            }))}
            onChange={setOutcome}
          />
          {outcome === "TIE" && (
            <ChoiceField
              label={t("introductions.closeTie")}
              wide
              value={link}
              options={[
                ...ties.map((tie) => ({
                  value: tie.id,
                  label: `${tie.from.name} ${t(`out.${tie.kind}`)} ${tie.to.name}`,
                })),
                ...kinds.map((kind) => {
                  const [from, to] = ends(kind);
                  const what = `${from?.name} ${t(`out.${kind}`)} ${to?.name}`;
                  return { value: `new ${kind}`, label: t("introductions.closeNew", { what }) };
                }),
                { value: "none", label: t("introductions.closeNone") },
              ]}
              onChange={setChosen}
            />
          )}
          {outcome === "TIE" && fresh && (
            <DateField
              label={t("introductions.closeSince")}
              value={since}
              onChange={setSince}
              error={errorOf(failure, "since")}
            />
          )}
          <TextField
            label={t("introductions.closeNote")}
            long
            value={note}
            onChange={setNote}
            error={errorOf(failure, "note")}
          />
        </>
      )}
    </EditDialog>
  );
}

/** GiveUpDialog gives up an introduction that was not made. */
export function GiveUpDialog({ introduction, onClose }: Props) {
  const { t } = useI18n();
  const { send } = useEditing();
  const [reason, setReason] = useState("");
  const { id } = introduction;
  return (
    <EditDialog
      title={t("introductions.dismissTitle")}
      action={t("introductions.dismissAction")}
      onClose={onClose}
      placed={({ field }) => field === "reason"}
      onSubmit={(intent) =>
        send(
          DismissIntroduction,
          { id, reason: reason.trim() },
          t("introductions.toast.dismissed", {
            what: t("introductions.pair", namesOf(introduction)),
          }),
          intent,
          takeBack,
        )
      }
    >
      {(failure) => (
        <TextField
          label={t("introductions.dismissWhy")}
          long
          autoFocus
          value={reason}
          onChange={setReason}
          error={errorOf(failure, "reason")}
        />
      )}
    </EditDialog>
  );
}

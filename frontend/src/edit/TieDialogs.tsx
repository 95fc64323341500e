import { useMemo, useState } from "react";
import { useQuery } from "../api/ApiProvider";
import { type KindCatalogue, useCatalogue } from "../api/CatalogueProvider";
import {
  ChangeLink,
  Connect,
  type ConnectInput,
  Dispute,
  End,
  type LinkFields,
  RecordContact,
  type RecordContactInput,
  TieRecord,
  type TieRecordQuery,
} from "../api/generated";
import { useI18n } from "../i18n/I18n";
import { word } from "../i18n/words";
import { inputOf, itemFor, itemsOf, readValues, type Values } from "../model/form";
import { type LinkKind, type NodeKind, nodeKinds } from "../model/kinds";
import { ChoiceField, DateField, TextField } from "../ui/Field";
import { Skeleton } from "../ui/States";
import { EditDialog, errorOf, missing } from "./EditDialog";
import type { Send } from "./EditProvider";
import { FormItems } from "./FormItems";
import { NodePicker, type Picked } from "./NodePicker";

type Shared = { send: Send; onClose: () => void };
type KindOfLink = KindCatalogue["linkKinds"][number];

/** Relation is what a tie says as seen from one node: the kind, and whether that node is its start. */
type Relation = {
  readonly key: `${"out" | "in"}.${LinkKind}`;
  readonly info: KindOfLink;
  readonly out: boolean;
};

/** The relations a node of a kind can have. One that reads the same from both ends is there once. */
function relationsOf(catalogue: KindCatalogue, kind: NodeKind): readonly Relation[] {
  return catalogue.linkKinds.flatMap((info) => {
    const starts = info.ends.some(({ from }) => from.includes(kind));
    const ends = info.ends.some(({ to }) => to.includes(kind)) && !(info.symmetric && starts);
    return [
      ...(starts ? [{ key: `out.${info.kind}` as const, info, out: true }] : []),
      ...(ends ? [{ key: `in.${info.kind}` as const, info, out: false }] : []),
    ];
  });
}

/** The kinds of node that a relation of a node of a kind can lead to. */
function othersOf({ info, out }: Relation, kind: NodeKind): readonly NodeKind[] {
  const reached = info.ends.flatMap(({ from, to }) =>
    out && from.includes(kind) ? to : (!out || info.symmetric) && to.includes(kind) ? from : [],
  );
  return nodeKinds.filter((other) => reached.includes(other));
}

/** The items of the form of a tie. Contacts and readings are recorded one by one once the tie is there. */
function tieItems(info: KindOfLink) {
  return itemsOf(info.fields).filter((item) => item.type === "field");
}

/** Own fields go by the name of the kind's details. */
function ownName(details: string): string {
  return details && details[0]!.toLowerCase() + details.slice(1);
}

type ConnectProps = Shared & {
  from: Picked;
  /** Where the tie leads, when that is known beforehand. */
  to: Picked | null;
  /** The kind of tie from the one to the other that is meant, when that is known beforehand. */
  kind: LinkKind | null;
};

/** ConnectDialog adds a tie to a node. */
export function ConnectDialog({ from, to, kind, send, onClose }: ConnectProps) {
  const { t } = useI18n();
  const catalogue = useCatalogue();
  const relations = useMemo(
    () => (catalogue ? relationsOf(catalogue, from.kind) : []),
    [catalogue, from.kind],
  );
  const [key, setKey] = useState<string>(kind ? `out.${kind}` : "");
  const [other, setOther] = useState<Picked | null>(to);
  const relation =
    relations.find((one) => one.key === key) ??
    relations.find((one) => to && othersOf(one, from.kind).includes(to.kind)) ??
    relations[0];
  const kinds = relation ? othersOf(relation, from.kind) : [];
  const items = useMemo(() => (relation ? tieItems(relation.info) : []), [relation]);
  const start = useMemo<Values>(() => ({ visibility: relation?.info.defaultVisibility ?? "" }), [relation]);
  const [filled, setFilled] = useState<Values>({});
  const values = { ...start, ...filled };
  const end = relation?.out ? "to" : "from";

  return (
    <EditDialog
      title={t("edit.connectTitle", { name: from.name })}
      action={t("edit.connect")}
      onClose={onClose}
      placed={({ field }) =>
        field === "to" || field === "from" || (field !== null && !!itemFor(items, field))
      }
      onSubmit={async (intent) => {
        if (!relation || !other) return missing(end, t("form.missing"));
        const ends = relation.out ? { from: from.id, to: other.id } : { from: other.id, to: from.id };
        const fields = inputOf(items, values, start, ownName(relation.info.details)) as LinkFields;
        return send<ConnectInput>(
          Connect,
          { kind: relation.info.kind, ...ends, fields },
          t("toast.connected", { a: from.name, b: other.name }),
          intent,
        );
      }}
    >
      {(failure) =>
        relation ? (
          <>
            <ChoiceField
              label={t("edit.relation", { name: from.name })}
              wide
              value={relation.key}
              options={relations.map((one) => ({ value: one.key, label: t(one.key) }))}
              onChange={(chosen) => {
                const next = relations.find((one) => one.key === chosen);
                setKey(chosen);
                if (other && next && !othersOf(next, from.kind).includes(other.kind)) setOther(null);
              }}
            />
            <NodePicker
              // Another relation leads to others: what was typed for the one before is let go with it.
              key={kinds.join()}
              label={t("edit.other")}
              hint={kinds.map((kind) => t(`kind.${kind}`)).join(" · ")}
              kinds={kinds}
              except={from.id}
              value={other}
              onChange={setOther}
              error={
                failure && (failure.field === "to" || failure.field === "from") ? failure.message : undefined
              }
            />
            <FormItems
              items={items}
              kind={relation.info.kind}
              values={values}
              onChange={setFilled}
              failure={failure}
            />
          </>
        ) : (
          <Skeleton lines={6} />
        )
      }
    </EditDialog>
  );
}

type Tie = NonNullable<TieRecordQuery["link"]>;

/** A tie as it was when it was taken up, and how to take it up anew: what others do meanwhile is a conflict, not a surprise. */
function useTie(id: string): { readonly tie: Tie | null; readonly reload: () => void } {
  const { language } = useI18n();
  const { data, loading, retry } = useQuery(TieRecord, { id, language });
  const [taken, setTaken] = useState<Tie | null>(null);
  if (!taken && data?.link && !loading) setTaken(data.link);
  const reload = () => {
    setTaken(null);
    retry();
  };
  return { tie: taken, reload };
}

/** ChangeTieDialog changes the fields of a tie. */
export function ChangeTieDialog({ link, send, onClose }: Shared & { link: string }) {
  const { t } = useI18n();
  const catalogue = useCatalogue();
  const { tie, reload } = useTie(link);
  const info = catalogue?.linkKinds.find(({ kind }) => kind === tie?.kind);
  const items = useMemo(() => (info ? tieItems(info) : []), [info]);
  const start = useMemo<Values>(
    () => (tie && info ? readValues(items, { ...tie, ...tie.details }, info.details || "Link") : {}),
    [tie, info, items],
  );
  const [filled, setFilled] = useState<Values>({});
  const names = tie ? { a: tie.from.name, b: tie.to.name } : { a: "…", b: "…" };

  return (
    <EditDialog
      title={t("edit.changeTieTitle", names)}
      action={t("action.save")}
      onClose={onClose}
      onReload={() => {
        reload();
        setFilled({});
      }}
      placed={({ field }) => field !== null && !!itemFor(items, field)}
      onSubmit={async (intent) =>
        send(
          ChangeLink,
          {
            id: link,
            expectedVersion: tie?.version ?? 0,
            fields: inputOf(
              items,
              { ...start, ...filled },
              start,
              ownName(info?.details ?? ""),
            ) as LinkFields,
          },
          t("toast.changed", { name: `${names.a} – ${names.b}` }),
          intent,
        )
      }
    >
      {(failure) =>
        tie && info ? (
          <FormItems
            items={items}
            kind={info.kind}
            values={{ ...start, ...filled }}
            onChange={setFilled}
            failure={failure}
          />
        ) : (
          <Skeleton lines={6} />
        )
      }
    </EditDialog>
  );
}

/** ContactDialog records that two who are in dialogue had contact. */
export function ContactDialog({
  link,
  name,
  today,
  send,
  onClose,
}: Shared & { link: string; name: string; today: string }) {
  const { t } = useI18n();
  const channels = useCatalogue()
    ?.linkKinds.find(({ kind }) => kind === "IN_DIALOGUE_WITH")
    ?.fields.find(({ path }) => path === "contacts.channel")?.vocabulary;
  const [date, setDate] = useState(today);
  const [channel, setChannel] = useState("");
  const [note, setNote] = useState("");
  return (
    <EditDialog
      title={t("contact.title", { name })}
      action={t("contact.action")}
      onClose={onClose}
      placed={({ field }) => field !== null && /date$/.test(field)}
      onSubmit={async (intent) =>
        date.trim() === ""
          ? missing("date", t("form.missing"))
          : send<RecordContactInput>(
              RecordContact,
              {
                link,
                contact: {
                  date: date.trim(),
                  channel: (channel || null) as RecordContactInput["contact"]["channel"],
                  note: note.trim(),
                },
              },
              t("contact.done", { name }),
              intent,
            )
      }
    >
      {(failure) => (
        <>
          <DateField
            label={t("field.date")}
            value={date}
            onChange={setDate}
            autoFocus
            error={failure?.field && /date$/.test(failure.field) ? failure.message : undefined}
          />
          <ChoiceField
            label={t("contact.channel")}
            value={channel}
            options={(channels?.values ?? []).map((value) => ({ value, label: word(t, "Channel", value) }))}
            optional
            onChange={setChannel}
          />
          <TextField label={t("field.note")} long value={note} onChange={setNote} />
        </>
      )}
    </EditDialog>
  );
}

/** EndDialog says when a tie ended. */
export function EndDialog({
  link,
  name,
  today,
  send,
  onClose,
}: Shared & { link: string; name: string; today: string }) {
  const { t } = useI18n();
  const { tie, reload } = useTie(link);
  const [until, setUntil] = useState(today);
  return (
    <EditDialog
      title={t("edit.endTitle", { name })}
      action={t("edit.end")}
      onClose={onClose}
      onReload={reload}
      placed={({ field }) => field === "until"}
      onSubmit={async (intent) =>
        until.trim() === ""
          ? missing("until", t("form.missing"))
          : send(
              End,
              { id: link, until: until.trim(), ...(tie ? { expectedVersion: tie.version } : {}) },
              t("toast.ended", { name }),
              intent,
            )
      }
    >
      {(failure) => (
        <>
          <p className="edit-note">{t("edit.endText")}</p>
          <DateField
            label={t("field.until")}
            value={until}
            onChange={setUntil}
            autoFocus
            error={errorOf(failure, "until")}
          />
        </>
      )}
    </EditDialog>
  );
}

/** DisputeDialog says that a tie is not so, and why. */
export function DisputeDialog({ link, name, send, onClose }: Shared & { link: string; name: string }) {
  const { t } = useI18n();
  const [note, setNote] = useState("");
  return (
    <EditDialog
      title={t("edit.disputeTitle", { name })}
      action={t("edit.dispute")}
      onClose={onClose}
      placed={({ field }) => field === "note"}
      onSubmit={async (intent) =>
        send(
          Dispute,
          { id: link, ...(note.trim() ? { note: note.trim() } : {}) },
          t("toast.disputed", { name }),
          intent,
        )
      }
    >
      {(failure) => (
        <TextField
          label={t("edit.why")}
          hint={t("edit.disputeHint")}
          long
          value={note}
          onChange={setNote}
          error={errorOf(failure, "note")}
        />
      )}
    </EditDialog>
  );
}

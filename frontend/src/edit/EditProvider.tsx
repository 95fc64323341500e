import {
  createContext,
  lazy,
  type ReactNode,
  Suspense,
  useContext,
  useEffect,
  useEffectEvent,
  useMemo,
  useRef,
  useState,
} from "react";
import { useApi } from "../api/ApiProvider";
import type { Client } from "../api/client";
import type { Document } from "../api/document";
import { failureFrom } from "../api/errors";
import { Confirm, type EditedFragment, Undo } from "../api/generated";
import { useI18n } from "../i18n/I18n";
import type { Failure } from "../model/failure";
import type { LinkKind, NodeKind } from "../model/kinds";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { explain } from "../ui/States";
import { useToast } from "../ui/Toasts";
import "./edit.css";
import { Intent } from "./intent";
import type { Picked } from "./NodePicker";

// Most who come only look: the forms are fetched with the first edit.
const ties = () => import("./TieDialogs");
const nodes = () => import("./NodeDialogs");
const records = () => import("./RecordDialogs");
const lasts = () => import("./LastDialogs");
const ConnectDialog = lazy(async () => ({ default: (await ties()).ConnectDialog }));
const ContactDialog = lazy(async () => ({ default: (await ties()).ContactDialog }));
const ChangeTieDialog = lazy(async () => ({ default: (await ties()).ChangeTieDialog }));
const EndDialog = lazy(async () => ({ default: (await ties()).EndDialog }));
const DisputeDialog = lazy(async () => ({ default: (await ties()).DisputeDialog }));
const AddNodeDialog = lazy(async () => ({ default: (await nodes()).AddNodeDialog }));
const EditNodeDialog = lazy(async () => ({ default: (await nodes()).EditNodeDialog }));
const ReadingDialog = lazy(async () => ({ default: (await records()).ReadingDialog }));
const MeasurementDialog = lazy(async () => ({ default: (await records()).MeasurementDialog }));
const RestrictDialog = lazy(async () => ({ default: (await nodes()).RestrictDialog }));
const RemoveDialog = lazy(async () => ({ default: (await lasts()).RemoveDialog }));
const RemoveTieDialog = lazy(async () => ({ default: (await lasts()).RemoveTieDialog }));
const WithdrawDialog = lazy(async () => ({ default: (await lasts()).WithdrawDialog }));
const EraseDialog = lazy(async () => ({ default: (await lasts()).EraseDialog }));
const MergeDialog = lazy(async () => ({ default: (await lasts()).MergeDialog }));

/** Task is an edit that asks for something in a dialog. */
export type Task =
  | {
      readonly type: "connect";
      readonly from: Picked;
      /** Where the tie leads, when that is known beforehand. */
      readonly to?: Picked | null;
      /** The kind of tie from the one to the other that is meant, when that is known beforehand. */
      readonly kind?: LinkKind | null;
    }
  | {
      readonly type: "contact" | "reading" | "changeTie" | "end" | "dispute" | "removeTie";
      readonly link: string;
      readonly name: string;
    }
  | {
      readonly type: "measurement" | "restrict" | "remove" | "withdraw" | "erase";
      readonly node: string;
      readonly name: string;
    }
  | {
      readonly type: "merge";
      readonly node: Picked;
      /** The other record of the same, when it is known beforehand. */
      readonly other?: Picked;
    }
  | { readonly type: "undo"; readonly change: string; readonly what: string }
  | { readonly type: "addNode"; readonly kind: NodeKind }
  | { readonly type: "editNode"; readonly node: string };

/** Mutation names an edit as the server's policy does. */
export type Mutation =
  | "addNode"
  | "changeNode"
  | "connect"
  | "changeLink"
  | "confirm"
  | "dispute"
  | "end"
  | "undo"
  | "recordContact"
  | "recordReading"
  | "recordMeasurement"
  | "removeNode"
  | "removeLink"
  | "merge"
  | "withdrawConsent"
  | "erase"
  | "dismissGap"
  | "reopenGap"
  | "suggestIntroduction"
  | "proposeIntroduction"
  | "answerIntroduction"
  | "makeIntroduction"
  | "closeIntroduction"
  | "dismissIntroduction"
  | "takeBackIntroduction";

type Edit<Input> = Document<{ edit: EditedFragment }, { input: Input }>;

/**
 * Reverse is the edit that takes another back. What is kept beside the network (introductions, dismissals) has one of
 * its own; a change of the network is undone as such.
 */
export type Reverse = {
  /** What it is about: the toast of a later edit about the same takes the place of the one before. */
  readonly key: string;
  readonly run: (client: Client, clientMutationId: string) => Promise<unknown>;
};

/** reverse makes the edit that takes another back. */
export function reverse<Input extends object>(
  key: string,
  edit: Edit<Input>,
  input: Omit<Input, "clientMutationId">,
): Reverse {
  return {
    key,
    run: (client, clientMutationId) =>
      client.request(edit, { input: { ...input, clientMutationId } as never }),
  };
}

/**
 * Send does an edit: what it did, or what went wrong. told is said of it when it is done, beside the way to undo it:
 * back gives the edit that takes it back, or null when there is none; without back the change is undone as such.
 */
export type Send = <Input extends object>(
  edit: Edit<Input>,
  input: Omit<Input, "clientMutationId">,
  told: string,
  intent: Intent,
  back?: (done: EditedFragment) => Reverse | null,
) => Promise<{ readonly done: EditedFragment } | { readonly failure: Failure }>;

/** Undoable is an edit that was done here and can be taken back. */
type Undoable = { readonly change: string; readonly back: Reverse | null };

type Editing = {
  /** Whether the viewer may call an edit at all; what may not be done is not offered. */
  readonly may: (mutation: Mutation) => boolean;
  readonly start: (task: Task) => void;
  /** Says that a node or tie is right as it stands. */
  readonly confirm: (id: string, name: string) => void;
  /** Does an edit for a dialog, which tells itself what went wrong. */
  readonly send: Send;
  /** Does an edit that needs no dialog, and tells in a toast what went wrong. Null when it was not done. */
  readonly act: <Input extends object>(
    edit: Edit<Input>,
    input: Omit<Input, "clientMutationId">,
    told: string,
    back?: (done: EditedFragment) => Reverse | null,
  ) => Promise<EditedFragment | null>;
};

const Context = createContext<Editing | null>(null);

/** useEditing gives the ways to change the network. */
export function useEditing(): Editing {
  const editing = useContext(Context);
  if (!editing) throw new Error("useEditing outside EditProvider");
  return editing;
}

/** What the toast of an edit goes by. */
function keyOf({ change, back }: Undoable): string {
  return back?.key ?? change;
}

type Props = {
  /** The mutations the viewer may call. */
  allowed: readonly string[];
  /** Today, as the server has it. */
  today: string;
  /** Shows a node that was just added. */
  onAdded: (id: string) => void;
  children: ReactNode;
};

/**
 * EditProvider does every edit of the page. Each is told in a toast with the way to undo it, and Ctrl-Z undoes
 * the last that was done here and not yet undone.
 */
export function EditProvider({ allowed, today, onAdded, children }: Props) {
  const { t } = useI18n();
  const { client, stale } = useApi();
  const toast = useToast();
  const [task, setTask] = useState<Task | null>(null);
  const done = useRef<Undoable[]>([]);

  const send: Send = async (edit, input, told, intent, back) => {
    try {
      const key = intent.keyOf([edit.name, input]);
      const { edit: result } = await client.request(edit, {
        input: { ...input, clientMutationId: key } as never,
      });
      stale.set(stale.get() + 1);
      const { change } = result;
      const one: Undoable = { change: change ?? "", back: back?.(result) ?? null };
      if (change && back && !one.back) toast({ text: told });
      else if (change) {
        done.current.push(one);
        toast({ key: keyOf(one), text: told, act: { label: t("action.undo"), run: () => undo(one) } });
      } else toast({ text: t("toast.nothing") });
      for (const warning of result.warnings) toast({ text: t("toast.warning", { text: warning.text }) });
      return { done: result };
    } catch (thrown) {
      return { failure: failureFrom(thrown) };
    }
  };

  /** An edit without a dialog: what goes wrong is told in a toast, from which it can be sent again as the same edit. */
  const attempt = async <Input extends object>(
    edit: Edit<Input>,
    input: Omit<Input, "clientMutationId">,
    told: string,
    back?: (done: EditedFragment) => Reverse | null,
    intent = new Intent(),
  ): Promise<EditedFragment | null> => {
    const outcome = await send(edit, input, told, intent, back);
    if ("done" in outcome) return outcome.done;
    const { failure } = outcome;
    const again = failure.code === "OFFLINE" || failure.code === "UNAVAILABLE";
    toast({
      text: explain(t, failure),
      bad: true,
      ...(again
        ? { act: { label: t("action.retry"), run: () => void attempt(edit, input, told, back, intent) } }
        : {}),
    });
    return null;
  };

  const undo = (one: Undoable) => {
    done.current = done.current.filter((other) => other !== one);
    void (one.back ? reversed(one.back) : undone(one.change));
  };

  const reversed = async (back: Reverse, intent = new Intent()): Promise<void> => {
    try {
      await back.run(client, intent.keyOf(["reverse", back.key]));
      stale.set(stale.get() + 1);
      toast({ key: back.key, text: t("toast.undone") });
    } catch (thrown) {
      const failure = failureFrom(thrown);
      toast({ key: back.key, text: t("toast.notUndone", { why: explain(t, failure) }), bad: true });
    }
  };

  const undone = async (change: string, intent = new Intent()): Promise<void> => {
    try {
      const key = intent.keyOf(["Undo", change]);
      const { edit } = await client.request(Undo, { input: { change, clientMutationId: key } });
      stale.set(stale.get() + 1);
      const back = edit.change;
      // To undo is an edit as well: taking it back does again what was undone.
      toast({
        key: change,
        text: t("toast.undone"),
        ...(back ? { act: { label: t("action.redo"), run: () => void undone(back) } } : {}),
      });
    } catch (thrown) {
      const failure = failureFrom(thrown);
      toast({ key: change, text: t("toast.notUndone", { why: explain(t, failure) }), bad: true });
    }
  };

  const undoLast = useEffectEvent(() => {
    const last = done.current.at(-1);
    if (last) undo(last);
    return last !== undefined;
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const typing =
        event.target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
      if (typing || event.shiftKey || event.altKey || event.defaultPrevented) return;
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
      if (undoLast()) event.preventDefault();
    };
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  }, []);

  const doConfirm = useEffectEvent((id: string, name: string) =>
    attempt(Confirm, { id }, t("toast.confirmed", { name })),
  );
  const doSend = useEffectEvent(send);
  const doAct = useEffectEvent(attempt);
  const [commands] = useState(() => ({
    start: setTask,
    confirm: (id: string, name: string) => void doConfirm(id, name),
    send: ((...edit) => doSend(...edit)) as Send,
    act: ((...edit) => doAct(...edit)) as Editing["act"],
  }));
  const editing = useMemo<Editing>(
    () => ({ may: (mutation) => allowed.includes(mutation), ...commands }),
    [allowed, commands],
  );
  const close = () => setTask(null);
  const shared = { send, onClose: close };

  return (
    <Context value={editing}>
      {children}
      <Suspense>
        {task?.type === "connect" && (
          <ConnectDialog from={task.from} to={task.to ?? null} kind={task.kind ?? null} {...shared} />
        )}
        {task?.type === "contact" && (
          <ContactDialog link={task.link} name={task.name} today={today} {...shared} />
        )}
        {task?.type === "changeTie" && <ChangeTieDialog link={task.link} {...shared} />}
        {task?.type === "end" && <EndDialog link={task.link} name={task.name} today={today} {...shared} />}
        {task?.type === "dispute" && <DisputeDialog link={task.link} name={task.name} {...shared} />}
        {task?.type === "undo" && (
          <Dialog
            title={t("edit.undoTitle")}
            open
            onClose={close}
            foot={
              <>
                <Button onPress={close}>{t("action.cancel")}</Button>
                <Button
                  look="primary"
                  onPress={() => {
                    close();
                    undo({ change: task.change, back: null });
                  }}
                >
                  {t("action.undo")}
                </Button>
              </>
            }
          >
            <p>
              <bdi>{task.what}</bdi>
            </p>
            <p className="edit-note">{t("edit.undoText")}</p>
          </Dialog>
        )}
        {task?.type === "addNode" && <AddNodeDialog kind={task.kind} onAdded={onAdded} {...shared} />}
        {task?.type === "editNode" && <EditNodeDialog node={task.node} {...shared} />}
        {task?.type === "reading" && (
          <ReadingDialog link={task.link} name={task.name} today={today} {...shared} />
        )}
        {task?.type === "measurement" && (
          <MeasurementDialog campaign={task.node} name={task.name} today={today} {...shared} />
        )}
        {task?.type === "restrict" && <RestrictDialog node={task.node} name={task.name} {...shared} />}
        {task?.type === "remove" && <RemoveDialog node={task.node} name={task.name} {...shared} />}
        {task?.type === "removeTie" && <RemoveTieDialog link={task.link} name={task.name} {...shared} />}
        {task?.type === "withdraw" && <WithdrawDialog story={task.node} name={task.name} {...shared} />}
        {task?.type === "erase" && <EraseDialog node={task.node} name={task.name} {...shared} />}
        {task?.type === "merge" && <MergeDialog node={task.node} with={task.other ?? null} {...shared} />}
      </Suspense>
    </Context>
  );
}

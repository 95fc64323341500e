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
import type { Document } from "../api/document";
import { failureFrom } from "../api/errors";
import { Confirm, type EditedFragment, Undo } from "../api/generated";
import { useI18n } from "../i18n/I18n";
import type { Failure } from "../model/failure";
import type { NodeKind } from "../model/kinds";
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
const ConnectDialog = lazy(async () => ({ default: (await ties()).ConnectDialog }));
const ChangeTieDialog = lazy(async () => ({ default: (await ties()).ChangeTieDialog }));
const EndDialog = lazy(async () => ({ default: (await ties()).EndDialog }));
const DisputeDialog = lazy(async () => ({ default: (await ties()).DisputeDialog }));
const AddNodeDialog = lazy(async () => ({ default: (await nodes()).AddNodeDialog }));
const EditNodeDialog = lazy(async () => ({ default: (await nodes()).EditNodeDialog }));

/** Task is an edit that asks for something in a dialog. */
export type Task =
  | { readonly type: "connect"; readonly from: Picked }
  | { readonly type: "changeTie" | "end" | "dispute"; readonly link: string; readonly name: string }
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
  | "undo";

type Edit<Input> = Document<{ edit: EditedFragment }, { input: Input }>;

/** Send does an edit: what it did, or what went wrong. told is said of it when it is done, beside the way to undo it. */
export type Send = <Input extends object>(
  edit: Edit<Input>,
  input: Omit<Input, "clientMutationId">,
  told: string,
  intent: Intent,
) => Promise<{ readonly done: EditedFragment } | { readonly failure: Failure }>;

type Editing = {
  /** Whether the viewer may call an edit at all; what may not be done is not offered. */
  readonly may: (mutation: Mutation) => boolean;
  readonly start: (task: Task) => void;
  /** Says that a node or tie is right as it stands. */
  readonly confirm: (id: string, name: string) => void;
};

const Context = createContext<Editing | null>(null);

/** useEditing gives the ways to change the network. */
export function useEditing(): Editing {
  const editing = useContext(Context);
  if (!editing) throw new Error("useEditing outside EditProvider");
  return editing;
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
  const done = useRef<string[]>([]);

  const send: Send = async (edit, input, told, intent) => {
    try {
      const key = intent.keyOf([edit.name, input]);
      const { edit: result } = await client.request(edit, {
        input: { ...input, clientMutationId: key } as never,
      });
      stale.set(stale.get() + 1);
      const { change } = result;
      if (change) {
        done.current.push(change);
        toast({ key: change, text: told, act: { label: t("action.undo"), run: () => undo(change) } });
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
    intent = new Intent(),
  ): Promise<void> => {
    const outcome = await send(edit, input, told, intent);
    if ("done" in outcome) return;
    const { failure } = outcome;
    const again = failure.code === "OFFLINE" || failure.code === "UNAVAILABLE";
    toast({
      text: explain(t, failure),
      bad: true,
      ...(again
        ? { act: { label: t("action.retry"), run: () => void attempt(edit, input, told, intent) } }
        : {}),
    });
  };

  const undo = (change: string) => {
    done.current = done.current.filter((other) => other !== change);
    void undone(change);
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
  const [commands] = useState(() => ({
    start: setTask,
    confirm: (id: string, name: string) => void doConfirm(id, name),
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
        {task?.type === "connect" && <ConnectDialog from={task.from} {...shared} />}
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
                    undo(task.change);
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
      </Suspense>
    </Context>
  );
}

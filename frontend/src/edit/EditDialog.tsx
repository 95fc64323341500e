import { type ReactNode, useEffect, useRef, useState } from "react";
import type { EditedFragment } from "../api/generated";
import { useI18n } from "../i18n/I18n";
import type { Failure } from "../model/failure";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { explain } from "../ui/States";
import { Intent } from "./intent";

type Outcome = { readonly done: EditedFragment } | { readonly failure: Failure };

type Props = {
  title: string;
  /** What the button that does it says. */
  action: string;
  /** Whether what it does is not lightly taken back. */
  grave?: boolean;
  onClose: () => void;
  /** Does the edit under an intent, or says what is missing. */
  onSubmit: (intent: Intent) => Promise<Outcome>;
  onDone?: (done: EditedFragment) => void;
  /** Takes up what the record says now, after somebody else changed it. */
  onReload?: () => void;
  /** Whether the failure is shown at one of the fields. */
  placed: (failure: Failure) => boolean;
  /** Draws the fields with what went wrong. */
  children: (failure: Failure | null) => ReactNode;
};

/**
 * EditDialog asks for what an edit needs and stays open until it is done: what went wrong is told at the field
 * it is about, what was typed is kept, and sending it again cannot do it twice.
 */
export function EditDialog({
  title,
  action,
  grave = false,
  onClose,
  onSubmit,
  onDone,
  onReload,
  placed,
  children,
}: Props) {
  const { t } = useI18n();
  const [failure, setFailure] = useState<Failure | null>(null);
  const [sending, setSending] = useState(false);
  const [intent] = useState(() => new Intent());
  const form = useRef<HTMLFormElement>(null);

  useEffect(() => {
    if (failure) form.current?.querySelector<HTMLElement>("[aria-invalid], [role=alert]")?.focus();
  }, [failure]);

  const submit = async () => {
    if (sending) return;
    setSending(true);
    const outcome = await onSubmit(intent);
    setSending(false);
    if ("failure" in outcome) return setFailure(outcome.failure);
    onClose();
    onDone?.(outcome.done);
  };

  return (
    <Dialog title={title} open onClose={onClose}>
      <form
        ref={form}
        className="edit-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        {failure && !placed(failure) && (
          <div className="edit-failure" role="alert" tabIndex={-1}>
            <p>{explain(t, failure)}</p>
            {failure.code === "CONFLICT" && onReload && (
              <Button
                onPress={() => {
                  setFailure(null);
                  onReload();
                }}
              >
                {t("action.reload")}
              </Button>
            )}
          </div>
        )}
        <div className="edit-items">{children(failure)}</div>
        <div className="dialog-foot">
          <Button onPress={onClose}>{t("action.cancel")}</Button>
          <Button type="submit" look={grave ? "danger" : "primary"} isDisabled={sending}>
            {action}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** errorOf is what a failure says of a field, undefined when it is about another. */
export function errorOf(failure: Failure | null, field: string): string | undefined {
  return failure?.field === field ? failure.message : undefined;
}

/** missing is the failure of a field that was left empty, as the server would tell it. */
export function missing(field: string, message: string): { readonly failure: Failure } {
  return { failure: { code: "INVALID", message, field, requestId: null } };
}

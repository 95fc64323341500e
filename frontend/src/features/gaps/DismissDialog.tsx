import { useState } from "react";
import { DismissGap, ReopenGap } from "../../api/generated";
import { EditDialog, errorOf, missing } from "../../edit/EditDialog";
import { reverse, useEditing } from "../../edit/EditProvider";
import { useI18n } from "../../i18n/I18n";
import { Button } from "../../ui/Button";
import { TextField } from "../../ui/Field";

const common = ["known", "unwanted", "wrong", "later"] as const;

type Props = { gap: string; what: string; onClose: () => void };

/** DismissDialog says that a gap is none, or none for now, and why. */
export function DismissDialog({ gap, what, onClose }: Props) {
  const { t } = useI18n();
  const { send } = useEditing();
  const [reason, setReason] = useState("");
  return (
    <EditDialog
      title={t("gaps.dismissTitle")}
      action={t("gaps.dismissAction")}
      onClose={onClose}
      placed={({ field }) => field === "reason"}
      onSubmit={async (intent) =>
        reason.trim() === ""
          ? missing("reason", t("form.missing"))
          : send(DismissGap, { gap, reason: reason.trim() }, t("gaps.dismissed", { what }), intent, () =>
              reverse(gap, ReopenGap, { gap }),
            )
      }
    >
      {(failure) => (
        <>
          <p className="edit-note">{what}</p>
          <TextField
            label={t("gaps.dismissWhy")}
            hint={t("gaps.dismissHint")}
            long
            autoFocus
            required
            value={reason}
            onChange={setReason}
            error={errorOf(failure, "reason")}
          />
          <fieldset className="dismiss-common">
            <legend className="field-label">{t("gaps.dismissCommon")}</legend>
            {common.map((name) => (
              <Button key={name} onPress={() => setReason(t(`gaps.dismissReason.${name}`))}>
                {t(`gaps.dismissReason.${name}`)}
              </Button>
            ))}
          </fieldset>
        </>
      )}
    </EditDialog>
  );
}

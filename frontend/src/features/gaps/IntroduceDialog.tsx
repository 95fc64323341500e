import { useState } from "react";
import { SuggestIntroduction } from "../../api/generated";
import { EditDialog, errorOf } from "../../edit/EditDialog";
import { useEditing } from "../../edit/EditProvider";
import { useI18n } from "../../i18n/I18n";
import type { Subject } from "../../model/gaps";
import { openIntroduction } from "../../model/view";
import { ChoiceField } from "../../ui/Field";
import { useView } from "../../ui/view";
import { takeBack } from "./takeBack";

type Props = {
  gap: string;
  a: Subject;
  b: Subject;
  /** Who could bring them together, the best first. */
  brokers: readonly Subject[];
  onClose: () => void;
};

/** IntroduceDialog begins an introduction, and goes on to it. */
export function IntroduceDialog({ gap, a, b, brokers, onClose }: Props) {
  const { t } = useI18n();
  const { look } = useView();
  const { send } = useEditing();
  const [broker, setBroker] = useState(brokers[0]?.id ?? "");
  const names = { a: a.name, b: b.name };
  return (
    <EditDialog
      title={t("introduce.title", names)}
      action={t("introduce.action")}
      onClose={onClose}
      placed={({ field }) => field === "broker"}
      onSubmit={(intent) =>
        send(
          SuggestIntroduction,
          { gap, a: a.id, b: b.id, broker: broker || null, noBroker: broker === "" },
          t("introductions.toast.suggested", { what: t("introductions.pair", names) }),
          intent,
          takeBack,
        )
      }
      onDone={({ introduction }) => introduction && look(openIntroduction(introduction.id))}
    >
      {(failure) => (
        <>
          <p className="edit-note">{t("introduce.text")}</p>
          {brokers.length > 0 ? (
            <ChoiceField
              label={t("introduce.broker")}
              wide
              value={broker}
              options={[
                ...brokers.map(({ id, name }) => ({ value: id, label: name })),
                { value: "", label: t("introduce.nobody") },
              ]}
              onChange={setBroker}
              error={errorOf(failure, "broker")}
            />
          ) : (
            <p>{t("introduce.noBroker")}</p>
          )}
        </>
      )}
    </EditDialog>
  );
}

import { useState } from "react";
import type { GapLineFragment } from "../../api/generated";
import { useI18n } from "../../i18n/I18n";
import { plain, say, tell } from "../../i18n/say";
import { open, type Subject } from "../../model/gaps";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { ChoiceField } from "../../ui/Field";
import { Draft, useAddresses } from "./Draft";

type Props = { gap: GapLineFragment; to: readonly Subject[]; onClose: () => void };

/** The most reasons a draft gives: it is to be read. */
const most = 3;

/** WriteDialog drafts a message about a gap to one of those who could do something about it. */
export function WriteDialog({ gap, to, onClose }: Props) {
  const i18n = useI18n();
  const { t } = i18n;
  const [chosen, setChosen] = useState(to[0]?.id ?? "");
  const addresses = useAddresses(to.map(({ id }) => id));
  const person = to.find(({ id }) => id === chosen);
  if (!person) return null;
  const says = (message: GapLineFragment["title"]) => plain(i18n, say(i18n, message));
  const reasons = open(gap.reasons)
    .flatMap(({ message }) => tell(i18n, message) ?? [])
    .slice(0, most);
  const text = [
    t("draft.step.open", { name: person.name }),
    "",
    t("draft.step.seen", { what: says(gap.title) }),
    ...(reasons.length > 0 ? ["", t("draft.step.why"), ...reasons.map((reason) => `– ${reason}`)] : []),
    "",
    t("draft.step.next", { step: says(gap.nextStep.message) }),
    "",
    t("draft.step.end"),
  ].join("\n");
  return (
    <Dialog
      title={t("draft.title")}
      open
      onClose={onClose}
      foot={<Button onPress={onClose}>{t("action.close")}</Button>}
    >
      {to.length > 1 && (
        <ChoiceField
          label={t("draft.to")}
          value={chosen}
          options={to.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={setChosen}
        />
      )}
      <p className="edit-note">{t("introductions.messagesNote")}</p>
      <Draft
        key={person.id}
        title={t("introductions.messageTo", { name: person.name })}
        addresses={[addresses.get(person.id) ?? []].flat()}
        subject={t("draft.step.subject")}
        text={text}
      />
    </Dialog>
  );
}

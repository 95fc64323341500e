import { useId, useState } from "react";
import { useQuery } from "../../api/ApiProvider";
import { Addresses } from "../../api/generated";
import { useI18n } from "../../i18n/I18n";
import { mailAddress } from "../../model/gaps";
import { Button } from "../../ui/Button";
import { TextField } from "../../ui/Field";

/** useAddresses gives the first e-mail address that the viewer may see of each node. */
export function useAddresses(ids: readonly string[]): ReadonlyMap<string, string> {
  const { data } = useQuery(Addresses, ids.length > 0 ? { ids: [...ids] } : null);
  return new Map(
    (data?.nodes ?? []).flatMap((node) => {
      const points = node && "contactPoints" in node ? node.contactPoints : [];
      const mail = points.find(({ kind }) => kind === "EMAIL");
      return node && mail ? [[node.id, mail.value] as const] : [];
    }),
  );
}

type Props = {
  /** Who it is for, which is said above it. */
  title: string;
  /** The addresses of those it is for, as far as they are known. */
  addresses: readonly string[];
  subject: string;
  text: string;
};

/**
 * Draft is a message that can be changed, copied, and opened in one's own mail program. Nothing is sent by Weft. What
 * was changed stays when the draft is drafted anew.
 */
export function Draft({ title, addresses, subject, text }: Props) {
  const { t } = useI18n();
  const id = useId();
  const [copied, setCopied] = useState<"draft.copied" | "draft.notCopied" | null>(null);
  const [own, setOwn] = useState<{ subject?: string; text?: string }>({});
  const message = { subject, text, ...own };
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(`${message.subject}\n\n${message.text}`);
      setCopied("draft.copied");
    } catch {
      // Pages that are not served over TLS have no clipboard.
      setCopied("draft.notCopied");
    }
  };
  return (
    <section className="draft" aria-labelledby={id}>
      <h3 id={id}>{title}</h3>
      <TextField
        label={t("draft.subject")}
        value={message.subject}
        onChange={(value) => setOwn({ ...own, subject: value })}
      />
      <TextField
        label={t("draft.text")}
        long
        value={message.text}
        onChange={(value) => setOwn({ ...own, text: value })}
      />
      <div className="draft-foot">
        <a className="button" href={mailAddress(addresses, message.subject, message.text)}>
          {t("draft.mail")}
        </a>
        <Button onPress={copy}>{t("draft.copy")}</Button>
        <span className="draft-address" role="status">
          {copied && t(copied)}
        </span>
        <span className="draft-address">
          {addresses.length > 0 ? <bdi>{addresses.join(", ")}</bdi> : t("draft.noAddress")}
        </span>
      </div>
    </section>
  );
}

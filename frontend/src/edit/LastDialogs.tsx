import { useMemo, useState } from "react";
import { useQuery } from "../api/ApiProvider";
import { useCatalogue } from "../api/CatalogueProvider";
import {
  Erase,
  Merge,
  Named,
  NodeRecord,
  RemoveLink,
  RemoveNode,
  TieRecord,
  Touched,
  type TouchedQuery,
  WithdrawConsent,
} from "../api/generated";
import { useI18n } from "../i18n/I18n";
import { fieldName, word } from "../i18n/words";
import { type Item, isFilled, itemsOf, type Row, readValues, type Values } from "../model/form";
import { go, openProfile } from "../model/view";
import { Button } from "../ui/Button";
import { TextField } from "../ui/Field";
import { Skeleton } from "../ui/States";
import { useView } from "../ui/view";
import { EditDialog, errorOf, missing } from "./EditDialog";
import type { Send } from "./EditProvider";
import { NodePicker, type Picked } from "./NodePicker";

type Shared = { send: Send; onClose: () => void };

const nowhere = () => false;

/** Nothing takes it back. */
const final = () => null;

type TouchedNode = NonNullable<TouchedQuery["node"]>;

/** The ties that go with a node. */
function Ties({ node }: { node: TouchedNode }) {
  const { t } = useI18n();
  const { totalCount, nodes } = node.links;
  if (totalCount === 0) return null;
  return (
    <div className="touched">
      <p>{t("remove.ties", { count: totalCount })}</p>
      <ul>
        {nodes.map((tie) => (
          <li key={tie.id}>
            <bdi>{tie.from.name}</bdi> {t(`out.${tie.kind}`)} <bdi>{tie.to.name}</bdi>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** RemoveDialog takes a node out of the network, after saying what goes with it. It can be undone. */
export function RemoveDialog({ node: id, name, send, onClose }: Shared & { node: string; name: string }) {
  const { t, language } = useI18n();
  const { look } = useView();
  const { data, retry } = useQuery(Touched, { id, language }, "once");
  const node = data?.node;
  return (
    <EditDialog
      title={t("remove.title", { name })}
      action={t("remove.action")}
      grave
      onClose={onClose}
      onReload={retry}
      onDone={() => look(go("directory"))}
      placed={nowhere}
      onSubmit={async (intent) =>
        send(RemoveNode, { id, expectedVersion: node?.version ?? 0 }, t("remove.done", { name }), intent)
      }
    >
      {() => (
        <>
          <p className="edit-note">{t("remove.text")}</p>
          {node ? <Ties node={node} /> : <Skeleton lines={3} />}
        </>
      )}
    </EditDialog>
  );
}

/** RemoveTieDialog takes out a tie that should never have been recorded. It can be undone. */
export function RemoveTieDialog({ link, name, send, onClose }: Shared & { link: string; name: string }) {
  const { t, language } = useI18n();
  const { data, retry } = useQuery(TieRecord, { id: link, language }, "once");
  return (
    <EditDialog
      title={t("remove.title", { name })}
      action={t("remove.action")}
      grave
      onClose={onClose}
      onReload={retry}
      placed={nowhere}
      onSubmit={async (intent) =>
        send(
          RemoveLink,
          { id: link, expectedVersion: data?.link?.version ?? 0 },
          t("remove.done", { name }),
          intent,
        )
      }
    >
      {() => (data ? <p className="edit-note">{t("remove.tieText")}</p> : <Skeleton lines={2} />)}
    </EditDialog>
  );
}

/** WithdrawDialog records that a teller withdrew consent, after saying where the story will be gone from. */
export function WithdrawDialog({ story, name, send, onClose }: Shared & { story: string; name: string }) {
  const { t, list, language } = useI18n();
  const { look } = useView();
  const { data } = useQuery(Touched, { id: story, language }, "once");
  const node = data?.node;
  const consent = node && "consent" in node ? node.consent : null;
  const named = useQuery(Named, consent?.named.length ? { ids: consent.named, language } : null, "once").data;
  const names = (named?.nodes ?? []).flatMap((one) => (one ? [one.name] : []));
  return (
    <EditDialog
      title={t("withdraw.title", { name })}
      action={t("withdraw.action")}
      grave
      onClose={onClose}
      onDone={() => look(go("directory"))}
      placed={nowhere}
      onSubmit={async (intent) =>
        send(WithdrawConsent, { story }, t("withdraw.done", { name }), intent, final)
      }
    >
      {() =>
        node ? (
          <>
            <p className="edit-note">{t("withdraw.text")}</p>
            <dl className="touched facts">
              {consent?.scope && (
                <div className="fact">
                  <dt>{t("withdraw.scope")}</dt>
                  <dd>
                    <bdi>{[word(t, "ConsentScope", consent.scope), ...names].join(" · ")}</bdi>
                  </dd>
                </div>
              )}
              {consent && consent.channels.length > 0 && (
                <div className="fact">
                  <dt>{t("withdraw.channels")}</dt>
                  <dd>{list(consent.channels.map((channel) => word(t, "ConsentChannel", channel)))}</dd>
                </div>
              )}
            </dl>
            <Ties node={node} />
            <p className="edit-note">{t("withdraw.outside")}</p>
          </>
        ) : (
          <Skeleton lines={6} />
        )
      }
    </EditDialog>
  );
}

/** EraseDialog destroys a record for good. Its name has to be typed: nothing brings it back. */
export function EraseDialog({ node: id, name, send, onClose }: Shared & { node: string; name: string }) {
  const { t, language } = useI18n();
  const { look } = useView();
  const { data } = useQuery(Touched, { id, language }, "once");
  const [typed, setTyped] = useState("");
  const node = data?.node;
  const written = node?.name ?? name;
  return (
    <EditDialog
      title={t("erase.title", { name })}
      action={t("erase.action")}
      grave
      onClose={onClose}
      onDone={() => look(go("directory"))}
      placed={({ field }) => field === "name"}
      onSubmit={async (intent) =>
        typed.trim() !== written.trim() && typed.trim() !== name.trim()
          ? missing("name", t("erase.mismatch"))
          : send(Erase, { id }, t("erase.done"), intent, final)
      }
    >
      {(failure) => (
        <>
          <p className="edit-note">{t("erase.text")}</p>
          {node ? <Ties node={node} /> : <Skeleton lines={3} />}
          <TextField
            label={t("erase.type", { name: written })}
            wide
            value={typed}
            onChange={setTyped}
            error={errorOf(failure, "name")}
          />
        </>
      )}
    </EditDialog>
  );
}

/** MergeDialog makes one of two records of the same, after showing them side by side. It can be undone. */
export function MergeDialog({
  node: subject,
  with: known,
  send,
  onClose,
}: Shared & { node: Picked; with: Picked | null }) {
  const { t } = useI18n();
  const { look } = useView();
  const [other, setOther] = useState(known);
  const [swapped, setSwapped] = useState(false);
  const [stays, goes] = swapped && other ? [other, subject] : [subject, other];
  return (
    <EditDialog
      title={t("merge.title", { name: subject.name })}
      action={t("merge.action")}
      onClose={onClose}
      onDone={() => look(openProfile(stays.id))}
      placed={({ field }) => field === "other"}
      onSubmit={async (intent) =>
        goes === null
          ? missing("other", t("form.missing"))
          : send(Merge, { into: stays.id, from: goes.id }, t("merge.done", { name: stays.name }), intent)
      }
    >
      {(failure) => (
        <>
          <p className="edit-note">{t("merge.text")}</p>
          <NodePicker
            label={t("merge.other")}
            kinds={[subject.kind]}
            except={subject.id}
            value={other}
            onChange={setOther}
            error={errorOf(failure, "other")}
          />
          {goes && <SideBySide stays={stays} goes={goes} onSwap={() => setSwapped(!swapped)} />}
        </>
      )}
    </EditDialog>
  );
}

function SideBySide({ stays, goes, onSwap }: { stays: Picked; goes: Picked; onSwap: () => void }) {
  const { t, language } = useI18n();
  const catalogue = useCatalogue();
  const kept = useQuery(NodeRecord, { id: stays.id, language }, "once").data?.node;
  const gone = useQuery(NodeRecord, { id: goes.id, language }, "once").data?.node;
  const info = catalogue?.nodeKinds.find(({ kind }) => kind === stays.kind);
  const items = useMemo(() => itemsOf(info?.fields ?? []), [info]);
  if (!kept || !gone || kept.id !== stays.id || gone.id !== goes.id) return <Skeleton lines={6} />;
  const [a, b] = [readValues(items, kept, kept.kind), readValues(items, gone, gone.kind)];
  const told = items
    .map((item) => ({ item, name: item.type === "field" ? item.field.path : item.name }))
    .filter(({ name }) => isFilled(a[name]) || isFilled(b[name]));
  return (
    <div className="side-by-side">
      <Button onPress={onSwap}>{t("merge.swap")}</Button>
      <table>
        <thead>
          <tr>
            <td />
            <th scope="col">
              {t("merge.stays")} <bdi>{stays.name}</bdi>
            </th>
            <th scope="col">
              {t("merge.goes")} <bdi>{goes.name}</bdi>
            </th>
          </tr>
        </thead>
        <tbody>
          {told.map(({ item, name }) => (
            <tr key={name}>
              <th scope="row">{fieldName(t, name, stays.kind)}</th>
              <td>
                <Told item={item} value={a[name]} />
              </td>
              <td>
                <Told item={item} value={b[name]} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** What a field holds, in words. Ids say nothing to a person: they are counted. */
function Told({ item, value }: { item: Item; value: Values[string] | undefined }) {
  const { t, number } = useI18n();
  if (!isFilled(value)) return "–";
  const say = (one: unknown, vocabulary: string | undefined): string =>
    typeof one === "boolean"
      ? t(`boolean.${one}`)
      : vocabulary
        ? word(t, vocabulary, String(one))
        : String(one);
  if (item.type === "rows") {
    const rows = value as readonly Row[];
    return (
      <bdi>
        {rows
          .map((row) =>
            Object.values(row)
              .filter(isFilled)
              .map((one) => say(one, undefined))
              .join(" "),
          )
          .join(" · ")}
      </bdi>
    );
  }
  const { field } = item;
  if (field.type === "REF") return number((value as readonly string[]).length);
  const list = Array.isArray(value) ? value : [value];
  return <bdi>{list.map((one) => say(one, field.vocabulary?.name)).join(" · ")}</bdi>;
}

import { useMemo, useState } from "react";
import { useQuery } from "../api/ApiProvider";
import { useCatalogue } from "../api/CatalogueProvider";
import { AddNode, ChangeNode, type NodeFields, NodeRecord, type NodeRecordQuery } from "../api/generated";
import { useI18n } from "../i18n/I18n";
import { type Item, inputOf, itemFor, itemsOf, readValues, type Values } from "../model/form";
import { type NodeKind, nodeKinds } from "../model/kinds";
import { ChoiceField } from "../ui/Field";
import { Skeleton } from "../ui/States";
import { EditDialog, missing } from "./EditDialog";
import type { Send } from "./EditProvider";
import { FormItems } from "./FormItems";

type Shared = { send: Send; onClose: () => void };

/** What most people fill in comes first, then what is particular to the kind, then the rest. */
const first = ["name", "summary", "place", "visibility", "scopes"];

function ordered(items: readonly Item[]): readonly Item[] {
  const rank = (item: Item) => {
    if (item.type === "field" && first.includes(item.field.path)) return first.indexOf(item.field.path);
    return (item.type === "field" ? item.field.own : item.own) ? first.length : first.length + 1;
  };
  return [...items].sort((a, b) => rank(a) - rank(b));
}

/** AddNodeDialog adds a node. */
export function AddNodeDialog({
  kind: asked,
  onAdded,
  send,
  onClose,
}: Shared & { kind: NodeKind; onAdded: (id: string) => void }) {
  const { t } = useI18n();
  const catalogue = useCatalogue();
  const [kind, setKind] = useState(asked);
  const info = catalogue?.nodeKinds.find((one) => one.kind === kind);
  const items = useMemo(() => (info ? ordered(itemsOf(info.fields)) : []), [info]);
  const start = useMemo<Values>(() => ({ visibility: info?.defaultVisibility ?? "" }), [info]);
  const [filled, setFilled] = useState<Values>({});
  const values = { ...start, ...filled };
  return (
    <EditDialog
      title={t("edit.addNodeTitle")}
      action={t("edit.addNode")}
      onClose={onClose}
      onDone={({ node }) => node && onAdded(node.id)}
      placed={({ field }) => field !== null && !!itemFor(items, field)}
      onSubmit={async (intent) => {
        const name = String(values.name ?? "").trim();
        if (name === "") return missing("name", t("form.missing"));
        const fields = inputOf(items, values, start, kind.toLowerCase()) as NodeFields;
        return send(AddNode, { kind, fields }, t("toast.added", { name }), intent);
      }}
    >
      {(failure) => (
        <>
          <ChoiceField
            label={t("facet.kind")}
            wide
            value={kind}
            options={nodeKinds.map((value) => ({ value, label: t(`kind.${value}`) }))}
            onChange={(value) => {
              setKind(value as NodeKind);
              // The default of the other kind is another.
              setFilled(({ visibility: _, ...rest }) => rest);
            }}
          />
          {info ? (
            <FormItems items={items} kind={kind} values={values} onChange={setFilled} failure={failure} />
          ) : (
            <Skeleton lines={6} />
          )}
        </>
      )}
    </EditDialog>
  );
}

type Subject = NonNullable<NodeRecordQuery["node"]>;

/** EditNodeDialog changes the fields of a node. */
export function EditNodeDialog({ node: id, send, onClose }: Shared & { node: string }) {
  const { t } = useI18n();
  const catalogue = useCatalogue();
  const { data, loading, retry } = useQuery(NodeRecord, { id });
  // As it was when it was taken up: what others do meanwhile is a conflict, not a surprise.
  const [node, setNode] = useState<Subject | null>(null);
  if (!node && data?.node && !loading) setNode(data.node);
  const info = catalogue?.nodeKinds.find(({ kind }) => kind === node?.kind);
  const items = useMemo(() => (info ? ordered(itemsOf(info.fields)) : []), [info]);
  const start = useMemo<Values>(() => (node ? readValues(items, node, node.kind) : {}), [items, node]);
  const [filled, setFilled] = useState<Values>({});
  return (
    <EditDialog
      title={t("edit.nodeTitle", { name: node?.name ?? "…" })}
      action={t("action.save")}
      onClose={onClose}
      onReload={() => {
        setNode(null);
        setFilled({});
        retry();
      }}
      placed={({ field }) => field !== null && !!itemFor(items, field)}
      onSubmit={async (intent) =>
        send(
          ChangeNode,
          {
            id,
            expectedVersion: node?.version ?? 0,
            fields: inputOf(
              items,
              { ...start, ...filled },
              start,
              (node?.kind ?? "").toLowerCase(),
            ) as NodeFields,
          },
          t("toast.changed", { name: node?.name ?? "" }),
          intent,
        )
      }
    >
      {(failure) =>
        node && info ? (
          <FormItems
            items={items}
            kind={node.kind}
            values={{ ...start, ...filled }}
            onChange={setFilled}
            failure={failure}
          />
        ) : (
          <Skeleton lines={8} />
        )
      }
    </EditDialog>
  );
}

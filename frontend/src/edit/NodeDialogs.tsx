import { useMemo, useState } from "react";
import { useQuery } from "../api/ApiProvider";
import { useCatalogue } from "../api/CatalogueProvider";
import { AddNode, ChangeNode, type NodeFields, NodeRecord, type NodeRecordQuery } from "../api/generated";
import { useI18n } from "../i18n/I18n";
import { type FieldInfo, type Item, inputOf, itemFor, itemsOf, readValues, type Values } from "../model/form";
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

type FormProps = Shared & {
  node: string;
  /** The items of the form, of all that a kind has. The same function at every call. */
  choose: (fields: readonly FieldInfo[]) => readonly Item[];
  title: (name: string) => string;
  told: (name: string) => string;
  /** How long the form is, to hold its place. */
  lines: number;
};

/** NodeForm changes some fields of a node that is there. */
function NodeForm({ node: id, choose, title, told, lines, send, onClose }: FormProps) {
  const { t, language } = useI18n();
  const catalogue = useCatalogue();
  const { data, loading, retry } = useQuery(NodeRecord, { id, language });
  // As it was when it was taken up: what others do meanwhile is a conflict, not a surprise.
  const [node, setNode] = useState<Subject | null>(null);
  if (!node && data?.node && !loading) setNode(data.node);
  const info = catalogue?.nodeKinds.find(({ kind }) => kind === node?.kind);
  const items = useMemo(() => (info ? choose(info.fields) : []), [info, choose]);
  const start = useMemo<Values>(() => (node ? readValues(items, node, node.kind) : {}), [items, node]);
  const [filled, setFilled] = useState<Values>({});
  const values = { ...start, ...filled };
  return (
    <EditDialog
      title={title(node?.name ?? "…")}
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
            fields: inputOf(items, values, start, (node?.kind ?? "").toLowerCase()) as NodeFields,
          },
          told(node?.name ?? ""),
          intent,
        )
      }
    >
      {(failure) =>
        node && info ? (
          <FormItems items={items} kind={node.kind} values={values} onChange={setFilled} failure={failure} />
        ) : (
          <Skeleton lines={lines} />
        )
      }
    </EditDialog>
  );
}

const allFields = (fields: readonly FieldInfo[]) => ordered(itemsOf(fields));

/** EditNodeDialog changes the fields of a node. */
export function EditNodeDialog(props: Shared & { node: string }) {
  const { t } = useI18n();
  return (
    <NodeForm
      {...props}
      choose={allFields}
      title={(name) => t("edit.nodeTitle", { name })}
      told={(name) => t("toast.changed", { name })}
      lines={8}
    />
  );
}

const audience = (fields: readonly FieldInfo[]) =>
  itemsOf(fields.filter(({ path }) => path === "visibility" || path === "scopes"));

/** RestrictDialog says who can see a node: less than the whole form, for when it must be quick. */
export function RestrictDialog({ name, ...props }: Shared & { node: string; name: string }) {
  const { t } = useI18n();
  return (
    <NodeForm
      {...props}
      choose={audience}
      title={() => t("restrict.title", { name })}
      told={() => t("restrict.done", { name })}
      lines={3}
    />
  );
}

import { useI18n } from "../i18n/I18n";
import { fieldName, word } from "../i18n/words";
import type { Failure } from "../model/failure";
import {
  blank,
  blankRow,
  type FieldInfo,
  type Item,
  itemFor,
  type Row,
  type Value,
  type Values,
} from "../model/form";
import type { NodeKind } from "../model/kinds";
import { Button } from "../ui/Button";
import { ChoiceField, DateField, ManyField, SwitchField, TextField } from "../ui/Field";
import { Icon } from "../ui/Icon";
import { NodesPicker } from "./NodePicker";

/** Texts that are sentences rather than names. */
const long = new Set([
  "summary",
  "note",
  "text",
  "goal",
  "purpose",
  "whatToDo",
  "mechanism",
  "decisionRule",
  "mandate",
]);

/** The kinds of node that a field of ids may name; any when not here. */
const targets: Readonly<Record<string, readonly NodeKind[]>> = {
  scopes: ["Coalition"],
  sources: ["Source"],
  "consent.named": ["Coalition", "Campaign"],
};

const scale = ["1", "2", "3", "4", "5"].map((value) => ({ value, label: value }));

type Props = {
  items: readonly Item[];
  /** The kind of node or link the form is of: some fields are called differently there. */
  kind: string;
  values: Values;
  onChange: (values: Values) => void;
  failure: Failure | null;
};

/** FormItems draws the controls of a form from the catalogue's descriptions. */
export function FormItems({ items, kind, values, onChange, failure }: Props) {
  const { t } = useI18n();
  const faulty = failure?.field ? itemFor(items, failure.field) : undefined;
  const shown = items.filter(
    // Scopes mean something for one visibility only.
    (item) => !(item.type === "field" && item.field.path === "scopes" && values.visibility !== "COALITION"),
  );
  return shown.map((item) => {
    const name = item.type === "field" ? item.field.path : item.name;
    const error = faulty === item ? failure?.message : undefined;
    const set = (value: Value | readonly Row[]) => onChange({ ...values, [name]: value });
    if (item.type === "field")
      return (
        <Control
          key={name}
          field={item.field}
          kind={kind}
          value={(values[name] as Value | undefined) ?? blank(item.field)}
          onChange={set}
          error={error}
        />
      );
    const rows = (values[name] as readonly Row[] | undefined) ?? [];
    return (
      <fieldset key={name} className="form-field form-rows" data-wide>
        <legend className="field-label">{fieldName(t, name, kind)}</legend>
        {rows.map((row, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity but their place
          <div key={at} className="form-row">
            {item.fields.map((field) => (
              <Control
                key={field.path}
                field={{ ...field, list: false }}
                kind={kind}
                value={row[field.path] ?? ""}
                onChange={(value) =>
                  set(rows.map((other, n) => (n === at ? { ...other, [field.path]: value } : other)))
                }
                error={undefined}
              />
            ))}
            <Button
              look="quiet"
              square
              aria-label={t("form.removeRow", { name: fieldName(t, name, kind), at: at + 1 })}
              onPress={() => set(rows.filter((_, n) => n !== at))}
            >
              <Icon name="close" size={16} />
            </Button>
          </div>
        ))}
        <Button look="quiet" onPress={() => set([...rows, blankRow(item.fields)])}>
          <Icon name="plus" size={16} />
          {t("form.addRow", { name: fieldName(t, name, kind) })}
        </Button>
        {error && <p className="field-error">{error}</p>}
      </fieldset>
    );
  });
}

type ControlProps = {
  field: FieldInfo;
  kind: string;
  value: Value;
  onChange: (value: Value) => void;
  error: string | undefined;
};

function Control({ field, kind, value, onChange, error }: ControlProps) {
  const { t } = useI18n();
  const { path, type, list, vocabulary } = field;
  const about = { label: fieldName(t, path, kind), error };
  const text = typeof value === "string" ? value : "";
  const many = Array.isArray(value) ? value : [];
  if (type === "REF")
    return list ? (
      <NodesPicker {...about} kinds={targets[path] ?? []} value={many} onChange={onChange} />
    ) : (
      <NodesPicker
        {...about}
        kinds={["Source"]}
        value={text ? [text] : []}
        onChange={(ids) => onChange(ids.at(-1) ?? "")}
      />
    );
  if (vocabulary) {
    const options = vocabulary.values
      // What is for stewards alone is not given from here; a contact point is for three of the levels.
      .filter(
        (v) =>
          vocabulary.name !== "Visibility" || path === "visibility" || !["COALITION", "SEALED"].includes(v),
      )
      .map((v) => ({ value: v, label: word(t, vocabulary.name, v) }));
    return list ? (
      <ManyField {...about} value={many} options={options} onChange={onChange} />
    ) : (
      <ChoiceField
        {...about}
        value={text}
        options={options}
        optional={path !== "visibility"}
        onChange={onChange}
      />
    );
  }
  if (type === "BOOLEAN")
    return <SwitchField label={about.label} value={value === true} onChange={onChange} />;
  if (type === "DATE") return <DateField {...about} value={text} onChange={onChange} />;
  if (path === "strength" || path === "priority" || path === "severity")
    return <ChoiceField {...about} value={text} options={scale} optional onChange={onChange} />;
  return (
    <TextField
      {...about}
      value={text}
      onChange={onChange}
      long={list || long.has(path)}
      wide={list || long.has(path) || path === "name"}
      required={path === "name"}
      hint={list ? t("form.onePerLine") : undefined}
      inputMode={type === "INTEGER" ? "numeric" : type === "NUMBER" ? "decimal" : undefined}
    />
  );
}

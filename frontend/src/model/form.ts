/**
 * Forms are drawn from the catalogue: it says which fields a kind has and of what form each value is. Here
 * the flat list of its fields becomes the items of a form, and what was filled in becomes the nested input that
 * the server takes. Everything is kept as it is typed, as text, until then.
 */

/** FieldInfo is one field as the catalogue describes it. */
export type FieldInfo = {
  readonly name: string;
  /** Where its value is, in inputs and answers: `founded`, `contactPoints.value`, `consent.scope`. */
  readonly path: string;
  readonly type: "TEXT" | "DATE" | "REF" | "TIME" | "INTEGER" | "NUMBER" | "BOOLEAN";
  readonly list: boolean;
  readonly vocabulary: { readonly name: string; readonly values: readonly string[] } | null;
  /** Whether it belongs to the kind, and not to every node or link. */
  readonly own: boolean;
  readonly system: boolean;
};

/** Item is one control of a form, or the rows of a list of small records such as contact points. */
export type Item =
  | { readonly type: "field"; readonly field: FieldInfo }
  | {
      readonly type: "rows";
      readonly name: string;
      readonly own: boolean;
      readonly fields: readonly FieldInfo[];
    };

/** Value is what one control holds. A list of words of a vocabulary, or of ids, is a list; any other list is lines of text. */
export type Value = string | boolean | readonly string[];

/** Row is one small record of a list, by the path of its fields. */
export type Row = Readonly<Record<string, Value>>;

/** Values is what a form holds: by the path of a field, or by the name of a list of rows. */
export type Values = Readonly<Record<string, Value | readonly Row[]>>;

/** What no form sets: it has an edit of its own. */
const elsewhere = new Set(["state", "lastConfirmedAt", "consent.withdrawn"]);

/** itemsOf makes the items of a form of the fields of a kind, in their order. */
export function itemsOf(fields: readonly FieldInfo[]): readonly Item[] {
  const settable = fields.filter(({ system, path }) => !system && !elsewhere.has(path));
  const heads = new Map<string, FieldInfo[]>();
  for (const field of settable) {
    const head = field.path.split(".")[0]!;
    heads.set(head, [...(heads.get(head) ?? []), field]);
  }
  return [...heads].flatMap(([name, members]): Item[] => {
    const inside = members.every(({ path }) => path.includes("."));
    return inside && members.every(({ list }) => list)
      ? [{ type: "rows", name, own: members[0]!.own, fields: members }]
      : members.map((field) => ({ type: "field", field }));
  });
}

/** blank is what a control holds when nothing is filled in. */
export function blank(field: FieldInfo): Value {
  if (field.type === "BOOLEAN") return false;
  return field.list && (field.vocabulary || field.type === "REF") ? [] : "";
}

/** blankRow is a row in which nothing is filled in. */
export function blankRow(fields: readonly FieldInfo[]): Row {
  return Object.fromEntries(fields.map((field) => [field.path, single(blank(field))]));
}

/**
 * readValues takes what a record holds into a form. record is an answer of the server with the same paths; where
 * two kinds would clash over a name the answer has it under the name with the kind before it (`issueStatus`).
 */
export function readValues(items: readonly Item[], record: unknown, kind: string): Values {
  const values: Record<string, Value | readonly Row[]> = {};
  for (const item of items) {
    if (item.type === "field")
      values[item.field.path] = readValue(item.field, at(record, item.field.path, kind));
    else {
      const list = at(record, item.name, kind);
      values[item.name] = (Array.isArray(list) ? list : []).map((entry) =>
        Object.fromEntries(
          item.fields.map((field) => [
            field.path,
            readValue({ ...field, list: false }, at(entry, last(field.path), kind)),
          ]),
        ),
      );
    }
  }
  return values;
}

/**
 * inputOf makes the nested fields that the server takes of what differs from before. What was emptied is null.
 * own is the name under which the kind's own fields go; before is what the form held at first.
 */
export function inputOf(
  items: readonly Item[],
  values: Values,
  before: Values,
  own: string,
): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  for (const item of items) {
    const name = item.type === "field" ? item.field.path : item.name;
    const [now, then] = [values[name], before[name]];
    if (now === undefined || JSON.stringify(now) === JSON.stringify(then)) continue;
    const belongs = item.type === "field" ? item.field.own : item.own;
    put(
      input,
      belongs ? `${own}.${name}` : name,
      item.type === "field" ? write(item.field, now as Value) : writeRows(item.fields, now as readonly Row[]),
    );
  }
  return input;
}

/** isFilled tells whether a control or list holds anything. */
export function isFilled(value: Values[string] | undefined): boolean {
  return Array.isArray(value)
    ? value.length > 0
    : typeof value === "string"
      ? value.trim() !== ""
      : value === true;
}

/** itemFor finds the item that an error of the server is about: by the field's name, its path, or the list it is in. */
export function itemFor(items: readonly Item[], named: string): Item | undefined {
  const parts = named.split(".");
  const goesBy = (field: FieldInfo) =>
    field.name === named || field.path === named || named.endsWith(`.${field.path}`);
  return items.find((item) =>
    item.type === "field" ? goesBy(item.field) : parts.includes(item.name) || item.fields.some(goesBy),
  );
}

function writeRows(fields: readonly FieldInfo[], rows: readonly Row[]): unknown {
  return rows
    .filter((row) => fields.some(({ path }) => isFilled(row[path])))
    .map((row) =>
      Object.fromEntries(
        fields
          .map(
            (field) => [last(field.path), write({ ...field, list: false }, row[field.path] ?? "")] as const,
          )
          .filter(([, value]) => value !== null),
      ),
    );
}

function write(field: FieldInfo, value: Value): unknown {
  if (typeof value === "boolean") return value;
  if (typeof value !== "string") return value;
  const text = value.trim();
  if (field.list)
    return text
      .split("\n")
      .map((line) => line.trim())
      .filter(Boolean);
  if (text === "") return null;
  // What is no number goes as it is: the server says what is wrong with it.
  const number = Number(text);
  return (field.type === "INTEGER" || field.type === "NUMBER") && Number.isFinite(number) ? number : text;
}

function readValue(field: FieldInfo, value: unknown): Value {
  if (field.type === "BOOLEAN") return value === true;
  const ids = (entry: unknown) =>
    typeof entry === "object" && entry !== null && "id" in entry ? String(entry.id) : String(entry);
  if (Array.isArray(value))
    return field.vocabulary || field.type === "REF" ? value.map(ids) : value.map(String).join("\n");
  const nothing = value === null || value === undefined || (value === 0 && field.path === "strength");
  return nothing ? blank(field) : String(value);
}

function at(record: unknown, path: string, kind: string): unknown {
  let here = record;
  for (const part of path.split(".")) {
    if (typeof here !== "object" || here === null) return undefined;
    const fields = here as Record<string, unknown>;
    const prefixed = `${kind[0]!.toLowerCase()}${kind.slice(1)}${part[0]!.toUpperCase()}${part.slice(1)}`;
    here = part in fields ? fields[part] : fields[prefixed];
  }
  return here;
}

function put(input: Record<string, unknown>, path: string, value: unknown): void {
  const parts = path.split(".");
  let here = input;
  for (const part of parts.slice(0, -1)) {
    here[part] ??= {};
    here = here[part] as Record<string, unknown>;
  }
  here[parts.at(-1)!] = value;
}

function single(value: Value): Value {
  return Array.isArray(value) ? "" : value;
}

function last(path: string): string {
  return path.slice(path.lastIndexOf(".") + 1);
}

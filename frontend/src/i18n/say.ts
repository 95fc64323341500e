import type { I18n } from "./I18n";
import { en } from "./locales/en";
import type { Key } from "./messages";
import { isolate, type Translate } from "./translator";
import { word } from "./words";

/** Argument is an argument of a message, with how it is to be written. */
type Argument = {
  readonly name: string;
  readonly type: "NODE" | "NODES" | "COUNT" | "NUMBER" | "PERCENT" | "DAYS" | "DATE" | "TEXT" | "WORDS";
  readonly nodes: readonly string[];
  readonly names: readonly string[];
  readonly number: number;
  readonly date: string | null;
  readonly text: string;
  readonly words: readonly string[];
};

/** Message is a sentence before it is said: which one, its arguments, and how the server says it in English. */
export type Message = {
  readonly key: string;
  readonly english: string;
  readonly args: readonly Argument[];
};

/** Part is a piece of a sentence: words, or a node that it names. */
export type Part = string | { readonly id: string; readonly name: string };

/** The most names said before "and so many more". */
const named = 3;

// Names stand in a sentence as marks from the private use area until it is said, so that they can become links.
const opening = "\ue000";
const closing = "\ue001";

/**
 * say puts a message into the language in force, as words and the nodes it names. A message that this front end does
 * not know is said in the server's English.
 */
export function say(i18n: I18n, message: Message): readonly Part[] {
  return put(i18n, `say.${message.key}`, message) ?? [message.english];
}

/**
 * tell puts a reason as one tells it to those it is about: without what only the viewer sees, such as how many there
 * are. Null when it is none of their business.
 */
export function tell(i18n: I18n, message: Message): string | null {
  const parts = put(i18n, `tell.${message.key}`, message);
  return parts && plain(i18n, parts);
}

function put(i18n: I18n, key: string, message: Message): readonly Part[] | null {
  if (!Object.hasOwn(en, key)) return null;
  const nodes: { id: string; name: string }[] = [];
  const mark = (id: string, name: string) => `${opening}${nodes.push({ id, name }) - 1}${closing}`;
  const values: Record<string, string | number> = {};
  for (const arg of message.args) {
    values[arg.name] = write(i18n, arg, mark);
    if (arg.type === "NODES") values[`${arg.name}Count`] = howMany(arg);
  }
  const text = (i18n.t as Loose)(key as Key, values);
  return text
    .split(new RegExp(`${opening}(\\d+)${closing}`))
    .map((part, at) => (at % 2 === 1 ? nodes[Number(part)]! : part))
    .filter((part) => part !== "");
}

/** plain joins the parts of a sentence, with names isolated, for where nothing but text can stand. */
export function plain(i18n: I18n, parts: readonly Part[]): string {
  return parts.map((part) => (typeof part === "string" ? part : isolate(part.name, i18n.direction))).join("");
}

/** Keys made at run time cannot be checked against their values; say.test.ts holds them against the server's messages. */
type Loose = (key: Key, values: Record<string, string | number>) => string;

/** Of many nodes an argument holds the first; what was kept before says no number. */
const howMany = (arg: Argument) => Math.max(arg.nodes.length, arg.number);

function write(i18n: I18n, arg: Argument, mark: (id: string, name: string) => string): string | number {
  const { t } = i18n;
  switch (arg.type) {
    case "NODE":
    case "NODES": {
      const names = arg.nodes.slice(0, named).map((id, at) => mark(id, arg.names[at] ?? ""));
      if (names.length === 0) return t("say.nobody");
      const more = howMany(arg) - names.length;
      return i18n.list(more > 0 ? [...names, t("say.more", { count: more })] : names);
    }
    case "COUNT":
      return arg.number;
    case "NUMBER":
      return i18n.number(Math.round(arg.number * 10) / 10);
    case "PERCENT":
      return i18n.percent(arg.number);
    case "DAYS":
      return i18n.span(arg.number);
    case "DATE":
      return i18n.date(arg.date ?? "");
    case "WORDS":
      return i18n.list(arg.words.map((value) => inside(t, arg.text || arg.name, value)));
    case "TEXT":
      return arg.text;
  }
}

/** A word of a vocabulary as it stands inside a sentence. Abbreviations keep their letters. */
function inside(t: Translate, vocabulary: string, value: string): string {
  if (vocabulary === "LinkKind") return word(t, "out", value);
  const text = word(t, vocabulary, value);
  return /^\p{Lu}{2}/u.test(text) ? text : text.charAt(0).toLowerCase() + text.slice(1);
}

import type { LinkKind, NodeKind, Visibility } from "./kinds";

/** gapKinds lists the kinds of gap in the order people see them. */
export const gapKinds = [
  "MISSING_TIE",
  "MISSING_MEMBER",
  "UNCOVERED_ISSUE",
  "MISSING_CAPACITY",
  "MISSING_VOICE",
  "SILO",
  "FRAGILE_BRIDGE",
  "COLD_TIE",
  "UNREACHED_TARGET",
  "STALE_RECORD",
] as const;

/** GapKind names one kind of gap. */
export type GapKind = (typeof gapKinds)[number];

/** suggestionKinds are the kinds of gap that the lists of introductions and invitations hold. */
export const suggestionKinds: readonly GapKind[] = ["MISSING_TIE", "MISSING_MEMBER"];

/** askedKinds gives the kinds that are asked for: of the lists of introductions and invitations no others than theirs. */
export function askedKinds({ list, kinds }: { list: string; kinds: readonly GapKind[] }): readonly GapKind[] {
  return list === "all" ? kinds : kinds.filter((kind) => suggestionKinds.includes(kind));
}

/** isGapKind tells a kind of gap from any other text, such as one typed into an address. */
export function isGapKind(text: string): text is GapKind {
  return (gapKinds as readonly string[]).includes(text);
}

/** Subject is a node as far as one must know it to name and open it. */
export type Subject = { readonly id: string; readonly kind: NodeKind; readonly name: string };

/** Step is what the server says to do about a gap: which sentence, and who could do it. */
type Step = { readonly message: { readonly key: string }; readonly who: readonly Subject[] };

/** Gap is a gap as far as the ways to close it depend on it. */
type Gap = {
  readonly nodes: readonly Subject[];
  readonly links: readonly { readonly id: string; readonly kind: LinkKind }[];
  readonly nextStep: Step;
};

/** Tie is a tie that may be recorded: whose it is, and what is known of it beforehand. */
export type Tie = { readonly from: Subject; readonly to: Subject | null; readonly kind: LinkKind | null };

/**
 * Way is something that can be done about a gap here: an introduction is begun, a tie, contact or confirmation is
 * recorded, a record is edited or merged with its double, or a message is drafted to somebody who is then asked outside Weft.
 */
export type Way =
  | {
      readonly type: "introduce" | "invite";
      readonly a: Subject;
      readonly b: Subject;
      readonly brokers: readonly Subject[];
    }
  | {
      readonly type: "tie" | "membership" | "role" | "work" | "support" | "dialogue";
      readonly tie: Tie;
    }
  | { readonly type: "contact"; readonly link: string; readonly a: Subject; readonly b: Subject }
  | { readonly type: "confirm" | "edit"; readonly node: Subject }
  | { readonly type: "merge"; readonly node: Subject; readonly other: Subject }
  | { readonly type: "write"; readonly to: readonly Subject[] };

const actors: readonly NodeKind[] = ["Organization", "Individual", "Coalition"];

/** Whether a node may be a party to an introduction. */
function acts(node: Subject | undefined): node is Subject {
  return node !== undefined && actors.includes(node.kind);
}

/** waysOf lists what can be done about a gap in Weft, the first of them what the next step asks for. */
export function waysOf({ nodes, links, nextStep: { message, who } }: Gap): readonly Way[] {
  const [first, second] = nodes;
  const [one, other] = who;
  const write: readonly Way[] = who.length > 0 ? [{ type: "write", to: who }] : [];
  const introduce = (
    type: "introduce" | "invite",
    a: Subject | undefined,
    b: Subject | undefined,
  ): readonly Way[] =>
    acts(a) && acts(b) && a.id !== b.id
      ? [{ type, a, b, brokers: who.filter((node) => acts(node) && node.id !== a.id && node.id !== b.id) }]
      : [];
  const tie = (
    type: "tie" | "membership" | "role" | "work" | "support" | "dialogue",
    from: Subject | undefined,
    to: Subject | null | undefined,
    kind: LinkKind | null = null,
  ): readonly Way[] => (from ? [{ type, tie: { from, to: to ?? null, kind } }] : []);

  switch (message.key) {
    case "next.same":
      return [
        ...(first && second ? [{ type: "merge", node: first, other: second } as const] : []),
        ...introduce("introduce", first, second),
      ];
    case "next.introduce.broker":
    case "next.introduce.group":
    case "next.introduce.directly":
      return [...introduce("introduce", first, second), ...tie("tie", first, second)];
    case "next.invite":
    case "next.invite.broker":
      return [...introduce("invite", first, second), ...tie("membership", first, second, "MEMBER_OF")];
    case "next.invite.voice":
      return [...write, ...tie("role", one, first)];
    case "next.recruit":
      return [...write, ...tie("work", one, first, "WORKS_ON")];
    case "next.ask":
      return [...write, ...tie("tie", one, first)];
    case "next.convene":
    case "next.backup":
      return [...introduce("introduce", one, other), ...write];
    case "next.backup.tie":
      return tie("tie", first, null);
    case "next.renew": {
      const dialogue = links.find(({ kind }) => kind === "IN_DIALOGUE_WITH");
      if (!first || !second) return write;
      return dialogue
        ? [{ type: "contact", link: dialogue.id, a: first, b: second }, ...write]
        : [...tie("dialogue", first, second, "IN_DIALOGUE_WITH"), ...write];
    }
    case "next.open":
      return [...write, ...tie("support", one, first, "SUPPORTS")];
    case "next.confirm":
      return first
        ? [
            { type: "confirm", node: first },
            { type: "edit", node: first },
          ]
        : [];
    default:
      // What is to be sought outside the network, and steps that a newer server knows: said, not done from here.
      return [];
  }
}

/** Evidence is what a reason rests on. */
type Evidence = {
  readonly nodes: readonly { readonly visibility: Visibility }[];
  readonly links: readonly { readonly visibility: Visibility }[];
};

/** open keeps the reasons that rest on nothing but what everybody may see: what may be written to anybody. */
export function open<R extends Evidence>(reasons: readonly R[]): readonly R[] {
  return reasons.filter(({ nodes, links }) =>
    [...nodes, ...links].every(({ visibility }) => visibility === "PUBLIC"),
  );
}

/** Stage is the column of the board that an introduction stands in. */
export type Stage = "suggested" | "proposed" | "accepted" | "made" | "outcome" | "closed";

/** stages lists the columns of the board in the order an introduction goes through them. */
export const stages: readonly Stage[] = ["suggested", "proposed", "accepted", "made", "outcome", "closed"];

/** IntroductionState is where an introduction stands, as the server says it. */
export type IntroductionState = "SUGGESTED" | "PROPOSED" | "ACCEPTED" | "DECLINED" | "MADE" | "DISMISSED";

/** stageOf gives the column of an introduction: one that was made moves on once it is known what came of it. */
export function stageOf({ state, outcome }: { state: IntroductionState; outcome: unknown }): Stage {
  switch (state) {
    case "SUGGESTED":
      return "suggested";
    case "PROPOSED":
      return "proposed";
    case "ACCEPTED":
      return "accepted";
    case "MADE":
      return outcome ? "outcome" : "made";
    default:
      return "closed";
  }
}

/** columnOf names the column of an introduction: who is asked knows its own yes, not that of the other. */
export function columnOf(one: Parameters<typeof stageOf>[0] & { readonly whole: boolean }): Stage | "yes" {
  const stage = stageOf(one);
  return stage === "accepted" && !one.whole ? "yes" : stage;
}

/** mailAddress gives the address that opens a message to some in somebody's own mail program. */
export function mailAddress(to: readonly string[], subject: string, body: string): string {
  // Mail programs read %20, not +, and take lines apart at CR LF.
  const part = (text: string) => encodeURIComponent(text.replace(/\r?\n/g, "\r\n"));
  const people = to.map((address) => encodeURIComponent(address).replaceAll("%40", "@"));
  return `mailto:${people.join(",")}?subject=${part(subject)}&body=${part(body)}`;
}

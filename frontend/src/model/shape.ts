import type { LinkKind, LinkState, NodeKind } from "./kinds";
import type { Network } from "./network";

/** Shape is the scalar of that name in schema.graphqls: a part of the network as columns. */
type Shape = {
  readonly ids: readonly string[];
  readonly kinds: readonly number[];
  readonly names: readonly string[];
  readonly degrees: readonly number[];
  readonly linkIds: readonly string[];
  readonly from: readonly number[];
  readonly to: readonly number[];
  readonly linkKinds: readonly number[];
  readonly strengths: readonly number[];
  readonly states: readonly number[];
  readonly until: readonly string[];
  readonly nodeKinds: readonly NodeKind[];
  readonly linkKindNames: readonly LinkKind[];
  readonly limited: boolean;
};

const states: readonly LinkState[] = ["CLAIMED", "CONFIRMED", "DISPUTED"];

/** readShape makes a network of a Shape. A link has ended if its last possible day is before the day looked at. */
export function readShape(value: unknown, day: string): { network: Network; limited: boolean } {
  const shape = value as Shape;
  return {
    limited: shape.limited,
    network: {
      ids: shape.ids,
      kinds: shape.kinds.map((at) => shape.nodeKinds[at]!),
      names: shape.names,
      ties: shape.degrees,
      links: {
        ids: shape.linkIds,
        from: shape.from,
        to: shape.to,
        kinds: shape.linkKinds.map((at) => shape.linkKindNames[at]!),
        strength: shape.strengths,
        state: shape.states.map((at) => states[at]!),
        // A partial date is as long as the part of the day it can be compared with: within 2019, "2019" is not over.
        ended: shape.until.map((until) => until !== "" && until < day.slice(0, until.length)),
      },
    },
  };
}

/**
 * The part of the catalogue the picture needs at once: which kinds there are, the shape that tells them
 * apart without colour, and which ties have a direction worth an arrow. Labels are in i18n; everything
 * else about a kind is asked of the server.
 */

/** Shape is the outline a node is drawn with. */
export type Shape =
  | "disc"
  | "ring"
  | "diamond"
  | "square"
  | "flag"
  | "triangle"
  | "tick"
  | "hexagon"
  | "page"
  | "bubble";

/** nodeShapes gives every node kind its shape, in the order kinds are listed. */
export const nodeShapes = {
  Organization: "disc",
  Individual: "ring",
  Issue: "diamond",
  Coalition: "square",
  Campaign: "flag",
  Action: "triangle",
  Event: "tick",
  Community: "hexagon",
  Story: "bubble",
  Source: "page",
} as const satisfies Record<string, Shape>;

/** NodeKind names one of the ten kinds of node. */
export type NodeKind = keyof typeof nodeShapes;

/** nodeKinds lists the kinds of node in the order people see them. */
export const nodeKinds = Object.keys(nodeShapes) as NodeKind[];

/** isNodeKind tells a kind from any other text, such as one typed into an address. */
export function isNodeKind(text: string): text is NodeKind {
  return Object.hasOwn(nodeShapes, text);
}

/** linkArrows says of every link kind whether its direction means something in a picture. */
export const linkArrows = {
  MEMBER_OF: false,
  AFFILIATED_WITH: false,
  PART_OF: true,
  WORKS_ON: false,
  DRIVES: true,
  ALLIED_WITH: false,
  IN_DIALOGUE_WITH: false,
  AFFECTED_BY: false,
  REPRESENTS: true,
  LEADS: true,
  SUPPORTS: true,
  TARGETS: true,
  INFLUENCES: true,
  TOOK_PART_IN: false,
  FUNDS: true,
  ABOUT: false,
  TOLD_BY: false,
} as const;

/** LinkKind names one of the kinds of link. */
export type LinkKind = keyof typeof linkArrows;

/** linkKinds lists the kinds of link in the order the outline groups them. */
export const linkKinds = Object.keys(linkArrows) as LinkKind[];

/** LinkState is how sure a tie is. Whether it has ended is told by its dates, not by this. */
export type LinkState = "CLAIMED" | "CONFIRMED" | "DISPUTED";

/** Visibility is who may see a node or link, from everyone to stewards alone. */
export type Visibility = "PUBLIC" | "MEMBERS" | "COALITION" | "COORDINATORS" | "SEALED";

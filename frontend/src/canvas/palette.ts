import { type NodeKind, nodeKinds } from "../model/kinds";

/** Palette is the canvas's share of ui/tokens.css, as colours a graphics context understands. */
export type Palette = {
  readonly kinds: Readonly<Record<NodeKind, string>>;
  readonly link: string;
  readonly ended: string;
  readonly disputed: string;
  readonly accent: string;
  readonly halo: string;
  readonly ink: string;
  readonly font: string;
};

/** readPalette resolves the tokens in the theme now in force at an element. */
export function readPalette(at: HTMLElement): Palette {
  // A custom property is handed out unresolved (light-dark(…)); the colour of an element that uses it is not.
  const probe = document.createElement("span");
  probe.hidden = true;
  at.append(probe);
  const colour = (token: string) => {
    probe.style.color = `var(--${token})`;
    return getComputedStyle(probe).color;
  };
  const palette: Palette = {
    kinds: Object.fromEntries(
      nodeKinds.map((kind) => [kind, colour(`kind-${kind.toLowerCase()}`)]),
    ) as Palette["kinds"],
    link: colour("link"),
    ended: colour("link-ended"),
    disputed: colour("link-disputed"),
    accent: colour("accent"),
    halo: colour("halo"),
    ink: colour("ink"),
    font: getComputedStyle(at).fontFamily,
  };
  probe.remove();
  return palette;
}

/** channels splits a resolved colour into red, green and blue between 0 and 1. */
export function channels(colour: string): [number, number, number] {
  const [r = 0, g = 0, b = 0] = (colour.match(/[\d.]+/g) ?? []).map(Number);
  return [r / 255, g / 255, b / 255];
}

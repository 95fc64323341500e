import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const source = fileURLToPath(new URL("..", import.meta.url));
const tokens = readFileSync(`${source}ui/tokens.css`, "utf8");

/** Both values of every colour token, by name. */
const colours = new Map<string, [light: string, dark: string]>(
  [...tokens.matchAll(/--([\w-]+):\s*light-dark\((#\w+),\s*(#\w+)\)/g)].map((m) => [m[1]!, [m[2]!, m[3]!]]),
);

/** Relative luminance as WCAG 2.2 defines it. */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high! + 0.05) / (low! + 0.05);
}

const papers = ["paper", "surface", "sunken", "hover", "selected"];
const kinds = [...colours.keys()].filter((name) => name.startsWith("kind-"));
const sees = [...colours.keys()].filter((name) => name.startsWith("sees-"));

/** [what is drawn, on what, at least]. */
const promises: [string, string, number][] = [
  ...["ink", "ink-muted", "accent", "danger"].flatMap((ink) =>
    papers.map((p): [string, string, number] => [ink, p, 4.5]),
  ),
  ...["success", "warning", ...sees].flatMap((ink) =>
    ["paper", "surface", "sunken"].map((p): [string, string, number] => [ink, p, 4.5]),
  ),
  ["on-accent", "accent", 4.5],
  ["on-accent", "accent-strong", 4.5],
  ["on-danger", "danger", 4.5],
  ["ink", "warning-paper", 4.5],
  ["ink", "danger-paper", 4.5],
  ["danger", "danger-paper", 4.5],
  ["warning", "warning-paper", 4.5],
  ["ink", "mark", 4.5],
  ["ink", "canvas", 4.5],
  ...kinds.flatMap((kind) =>
    ["canvas", "paper", "surface", "hover", "selected"].map((p): [string, string, number] => [kind, p, 3]),
  ),
  ["link", "canvas", 3],
  ["link-disputed", "canvas", 3],
  ["line-strong", "paper", 3],
  ["line-strong", "surface", 3],
  ...papers.map((p): [string, string, number] => ["focus", p, 3]),
];

describe.each(["light", "dark"])("contrast in the %s theme", (theme) => {
  const at = theme === "light" ? 0 : 1;
  test.each(promises)("%s on %s is at least %d", (fore, back, least) => {
    expect(contrast(colours.get(fore)![at], colours.get(back)![at])).toBeGreaterThanOrEqual(least);
  });
});

test("every kind of node has a colour of its own in both themes", () => {
  expect(kinds).toHaveLength(10);
  for (const at of [0, 1]) expect(new Set(kinds.map((kind) => colours.get(kind)![at])).size).toBe(10);
});

test("no style sheet or component holds a colour outside the tokens", () => {
  const files = (readdirSync(source, { recursive: true }) as string[]).filter(
    (name) =>
      /\.(css|tsx?)$/.test(name) && !/tokens\.(css|test\.ts)$/.test(name) && !name.endsWith("generated.ts"),
  );
  expect(files.length).toBeGreaterThan(10);
  const offenders = files.filter((name) =>
    /#[0-9a-f]{6}\b|#[0-9a-f]{3}\b(?=\s*[;,)"'])|\brgba?\(\s*\d|\bhsla?\(/i.test(
      readFileSync(source + name, "utf8"),
    ),
  );
  expect(offenders).toEqual([]);
});

test("every token a style sheet uses exists", () => {
  // The last two are set by react-aria on its own elements.
  const held = [...tokens.matchAll(/^\s*--([\w-]+):/gm)].map((m) => m[1]);
  const known = new Set([...held, "trigger-width", "tree-item-level"]);
  const sheets = (readdirSync(source, { recursive: true }) as string[]).filter((name) =>
    name.endsWith(".css"),
  );
  const missing = sheets.flatMap((name) => {
    const text = readFileSync(source + name, "utf8");
    const own = new Set([...text.matchAll(/--([\w-]+):/g)].map((m) => m[1]));
    return [...text.matchAll(/var\(--([\w-]+)/g)]
      .map((m) => m[1]!)
      .filter((token) => !known.has(token) && !own.has(token))
      .map((token) => `${name}: --${token}`);
  });
  expect(missing).toEqual([]);
});

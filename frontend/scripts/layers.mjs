// Holds the front end's layers: which folder may import which, and which folder alone may import which package.
// Type-only imports are free in `model` alone, which imports nothing else from outside itself.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { fileURLToPath } from "node:url";

const source = join(dirname(dirname(fileURLToPath(import.meta.url))), "src");

/** What each folder may import of the others. A feature may import these, and of the features only itself. */
const below = {
  model: [],
  i18n: ["model"],
  api: ["model"],
  canvas: ["model"],
  ui: ["model", "i18n"],
  edit: ["model", "i18n", "api", "ui"],
  features: ["model", "i18n", "api", "canvas", "ui", "edit"],
  shell: ["model", "i18n", "api", "ui", "edit"],
};

/** Packages that one folder keeps to itself, so that another can take their place. */
const kept = [
  [/^(sigma|graphology)/, "canvas"],
  [/^@lingui\//, "i18n"],
  [/^graphql-ws/, "api"],
];

/** Every import and re-export of a file: the specifier, and whether it brings only types. */
export function importsOf(text) {
  const found = [];
  const pattern =
    /(?:^|\n)\s*(import|export)\s+(type\s+)?([^;'"]*?\sfrom\s*)?["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']\s*\)/g;
  for (const match of text.matchAll(pattern)) {
    const [, , type, clause, specifier, dynamic] = match;
    const named = /^\s*\{([^}]*)\}\s*from/.exec(clause ?? "");
    const onlyTypes =
      Boolean(type) ||
      Boolean(
        named?.[1]
          .split(",")
          .filter((n) => n.trim())
          .every((n) => /^\s*type\s/.test(n)),
      );
    found.push({ specifier: specifier ?? dynamic, onlyTypes });
  }
  return found;
}

/** What is wrong with one import, or null. from is the file's path below src. */
export function wrong(from, { specifier, onlyTypes }) {
  const folder = from.split("/")[0];
  const test = /\.test\.tsx?$/.test(from);
  if (!specifier.startsWith(".")) {
    for (const [pattern, owner] of kept)
      if (pattern.test(specifier) && folder !== owner && from.includes("/"))
        return `only ${owner}/ may import ${specifier}`;
    return folder === "model" && !onlyTypes && !test
      ? `model/ may import only types from outside, not ${specifier}`
      : null;
  }
  if (!from.includes("/")) return null; // main.tsx and App.tsx put everything together
  const target = normalize(join(dirname(from), specifier));
  const other = target.split("/")[0];
  if (other === folder) {
    if (folder !== "features" || target.split("/")[1] === from.split("/")[1]) return null;
    return `a feature may not import another feature (${target})`;
  }
  if (folder === "model")
    return onlyTypes ? null : `model/ may import only types from outside, not ${target}`;
  return below[folder]?.includes(other) ? null : `${folder}/ may not import ${target}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const files = readdirSync(source, { recursive: true }).filter(
    (name) => /\.tsx?$/.test(name) && !name.endsWith(".d.ts"),
  );
  const faults = files.flatMap((name) =>
    importsOf(readFileSync(join(source, name), "utf8"))
      .map((found) => wrong(name, found))
      .filter(Boolean)
      .map((fault) => `${relative(process.cwd(), join(source, name))}: ${fault}`),
  );
  for (const fault of faults) console.error(fault);
  console.log(`layers: ${files.length} files, ${faults.length} faults`);
  process.exit(faults.length > 0 ? 1 : 0);
}

import type { Locator, Page } from "@playwright/test";
import { add, audit, expect, find, test } from "./weft";

/** What axe finds in GraphiQL itself, which Weft does not write, and where. Any other finding fails. */
const ofGraphiQL = [
  { rule: "nested-interactive", html: /^<\w+[^>]* class="[^"]*\bgraphiql-tab\b/ }, // a tab that holds its button
  { rule: "color-contrast", html: /^<span class="mtk\d+/ }, // comments in the dark theme
];

const region = (page: Page, name: string) => page.getByRole("region", { name });
const answer = (page: Page) => region(page, "Result Window");

/** Puts a text into one of GraphiQL's editors in place of what it holds. */
async function write(editor: Locator, text: string): Promise<void> {
  const bare = (written: string) => written.replace(/\s/g, "");
  await expect(async () => {
    await editor.getByRole("textbox").focus();
    await editor.page().keyboard.press("Control+a");
    // Pasted, not typed: the editor would close brackets by itself.
    await editor.getByRole("textbox").evaluate((box, pasted) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/plain", pasted);
      box.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
    }, text);
    expect(bare((await editor.locator(".view-lines").first().textContent()) ?? "")).toBe(bare(text));
  }).toPass();
}

const execute = (page: Page) => page.getByRole("button", { name: /^Execute query/ });

/** Runs the one operation of the editor, once GraphiQL has seen that it is one: of several it lets one choose. */
const run = (page: Page) => execute(page).and(page.locator(":not([aria-haspopup])")).click();

/** Does an edit until the page has heard of it: one that came before the subscription had begun is none of its. */
async function heard(page: Page, edit: () => Promise<string>): Promise<void> {
  await expect(async () => {
    await expect(answer(page)).toContainText(await edit(), { timeout: 2_000 });
  }).toPass();
}

test("the API page shows the schema, asks, edits and listens, and asks nothing of another origin", async ({
  open,
  request,
}) => {
  const page = await open("/graphiql/");
  const editor = region(page, "Operation Editor");
  await page.getByRole("button", { name: "Show Documentation Explorer" }).click();
  await page.getByRole("link", { name: "Subscription", exact: true }).first().click();
  await expect(page.getByRole("link", { name: "changes", exact: true })).toBeVisible();

  await execute(page).click();
  await page.getByRole("menuitem", { name: "Find" }).click();
  await expect(answer(page)).toContainText("Lantern Legal Clinic");

  // An edit with variables, which is kept.
  const name = `Asked in GraphiQL ${Date.now()}`;
  await write(
    editor,
    "mutation Add($name: String!) { addNode(input: {kind: Issue, fields: {name: $name}}) { node { name } } }",
  );
  await page.getByRole("button", { name: "Variables" }).click();
  await write(region(page, "Variables"), JSON.stringify({ name }));
  await run(page);
  await expect(answer(page)).toContainText(name);
  expect((await find(request, name)).name).toBe(name);

  // A subscription hears of what somebody else does.
  await write(editor, "subscription { changes { kind id } }");
  await run(page);
  await expect(page.getByRole("button", { name: /^Stop query/ })).toBeVisible();
  await heard(page, () => add(request, "Issue", { name: "Heard of in GraphiQL" }));
  await expect(answer(page)).toContainText("ADDED");
  await page.getByRole("button", { name: /^Stop query/ }).click();
  await expect(execute(page)).toBeVisible();
});

test("the API page asks and listens through other eyes, and forgets with its tab", async ({
  open,
  request,
}) => {
  const page = await open("/graphiql/?see=visitor");
  const editor = region(page, "Operation Editor");
  await expect(page.getByRole("combobox", { name: "See as" })).toHaveValue("visitor");
  await write(editor, "{ viewer { level } }");
  await run(page);
  await expect(answer(page)).toContainText("VISITOR");

  await write(editor, "subscription { changes { kind id } }");
  await run(page);
  await expect(page.getByRole("button", { name: /^Stop query/ })).toBeVisible();
  const hidden = new Set<string>();
  await heard(page, async () => {
    hidden.add(await add(request, "Issue", { name: "Hidden from visitors", visibility: "COORDINATORS" }));
    return add(request, "Issue", { name: "Shown to visitors", visibility: "PUBLIC" });
  });
  for (const id of hidden) await expect(answer(page)).not.toContainText(id);

  expect(
    await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("graphiql"))),
  ).toEqual([]);
});

for (const theme of ["light", "dark"] as const)
  test(`axe finds nothing on the API page that GraphiQL does not bring: ${theme}`, async ({ open }) => {
    const page = await open("/graphiql/", { theme });
    await page.getByRole("button", { name: "Show Documentation Explorer" }).click();
    await expect(page.getByRole("link", { name: "Subscription", exact: true }).first()).toBeVisible();
    const { violations } = await audit(page).analyze();
    // Told by what axe saw: the editor draws its lines anew whenever it likes, so they cannot be asked again.
    const others: string[] = [];
    for (const { id, nodes } of violations)
      for (const { html } of nodes) {
        test.info().annotations.push({ type: "axe", description: `${id}: ${html.slice(0, 120)}` });
        if (!ofGraphiQL.some(({ rule, html: seen }) => rule === id && seen.test(html)))
          others.push(`${id}: ${html.slice(0, 120)}`);
      }
    expect(others).toEqual([]);
  });

test("the help of the explorer leads to the API page, and back", async ({ open }) => {
  const page = await open("/");
  await page.getByRole("button", { name: "Keyboard help" }).click();
  await page.getByRole("link", { name: /GraphiQL/ }).click();
  await expect(page.getByRole("heading", { name: "Weft API" })).toBeVisible();
  await page.getByRole("link", { name: "Back to the explorer" }).click();
  await expect(page.getByRole("searchbox").or(page.getByRole("combobox")).first()).toBeVisible();
});

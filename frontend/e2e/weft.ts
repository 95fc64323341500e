import AxeBuilder from "@axe-core/playwright";
import {
  type APIRequestContext,
  type Browser,
  type BrowserContext,
  test as base,
  expect,
  type Locator,
  type Page,
} from "@playwright/test";

type Look = {
  language?: "en" | "ar" | "he";
  theme?: "light" | "dark";
  width?: number;
  height?: number;
  /** Another server than that of the demo network. */
  address?: string | undefined;
  /** What the browser will write to the console because the test makes it happen. */
  forgive?: RegExp;
};

type Weft = {
  /** Opens the page in a window of its own. What it does wrong fails the test, whatever else is tested. */
  open: (path: string, look?: Look) => Promise<Page>;
};

/**
 * test opens windows that are watched: nothing may be written to the console as an error (which includes what the
 * content security policy forbade), no error may be thrown, and nothing may be asked of another origin.
 */
export const test = base.extend<Weft>({
  open: async ({ browser, baseURL }, use) => {
    const faults: string[] = [];
    const contexts: BrowserContext[] = [];
    await use(async (path, look = {}) => {
      const address = look.address ?? baseURL ?? "";
      const context = await newWindow(browser, address, look);
      contexts.push(context);
      const page = await context.newPage();
      page.on("console", (message) => {
        if (message.type() === "error" && !look.forgive?.test(message.text()))
          faults.push(`console: ${message.text()}`);
      });
      page.on("pageerror", (error) => faults.push(`thrown: ${error.stack ?? error.message}`));
      page.on("request", (request) => {
        const { origin, protocol } = new URL(request.url());
        if (protocol !== "data:" && protocol !== "blob:" && origin !== address)
          faults.push(`asked of another origin: ${request.url()}`);
      });
      await page.goto(path);
      return page;
    });
    for (const context of contexts) await context.close();
    expect(faults).toEqual([]);
  },
});

async function newWindow(browser: Browser, baseURL: string, look: Look): Promise<BrowserContext> {
  const { language = "en", theme = "light", width = 1440, height = 900 } = look;
  const context = await browser.newContext({
    baseURL,
    viewport: { width, height },
    reducedMotion: "reduce",
    hasTouch: width < 500,
  });
  await context.addInitScript(
    ([chosen, colours]) => {
      localStorage.setItem("weft.language", chosen!);
      localStorage.setItem("weft.theme", colours!);
      const seen = window as unknown as { shifts: { value: number; what: string[] }[] };
      seen.shifts = [];
      type Shift = PerformanceEntry & { value: number; hadRecentInput: boolean; sources: { node?: Node }[] };
      new PerformanceObserver((list) => {
        for (const { value, hadRecentInput, sources } of list.getEntries() as Shift[])
          if (!hadRecentInput)
            seen.shifts.push({
              value,
              what: sources.map(({ node }) =>
                node instanceof Element ? node.outerHTML.slice(0, 90) : "gone",
              ),
            });
      }).observe({ type: "layout-shift", buffered: true });
    },
    [language, theme],
  );
  return context;
}

/** Shift is one jump of the layout, as browsers measure it, and what jumped. */
type Shift = { readonly value: number; readonly what: readonly string[] };

/** shifts is every jump of the layout of a page so far that no input had asked for. */
export function shifts(page: Page): Promise<readonly Shift[]> {
  return page.evaluate(() => (window as unknown as { shifts: Shift[] }).shifts);
}

/** ask sends an operation to the API as a coordinator at another desk would. */
export async function ask<T = Record<string, never>>(
  request: APIRequestContext,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<T> {
  const response = await request.post("/graphql", {
    headers: { "X-Weft-Client": "e2e" },
    data: { query, variables },
  });
  const answer = (await response.json()) as { data: T; errors?: { message: string }[] };
  expect(answer.errors ?? []).toEqual([]);
  return answer.data;
}

export type Found = { readonly id: string; readonly kind: string; readonly name: string };

/** find gives the node that a text finds first. */
export async function find(request: APIRequestContext, text: string): Promise<Found> {
  const data = await ask<{ search: { nodes: { node: Found }[] } }>(
    request,
    "query ($text: String!) { search(text: $text, first: 1) { nodes { node { id kind name } } } }",
    { text },
  );
  return data.search.nodes[0]!.node;
}

/** add adds a node, as somebody at another desk would, and gives its id. */
export async function add(request: APIRequestContext, kind: string, fields: object): Promise<string> {
  const { addNode } = await ask<{ addNode: { node: { id: string } } }>(
    request,
    "mutation ($input: AddNodeInput!) { addNode(input: $input) { node { id } } }",
    { input: { kind, fields: { visibility: "PUBLIC", ...fields } } },
  );
  return addNode.node.id;
}

/** connect adds a link that everybody sees, as somebody at another desk would, and gives the change that did it. */
export async function connect(
  request: APIRequestContext,
  kind: string,
  from: string,
  to: string,
  fields: object = {},
): Promise<string> {
  const data = await ask<{ connect: { change: string } }>(
    request,
    "mutation ($input: ConnectInput!) { connect(input: $input) { change } }",
    { input: { kind, from, to, fields: { visibility: "PUBLIC", ...fields } } },
  );
  return data.connect.change;
}

/** tabTo presses Tab, or Shift+Tab to go back, until a control has the focus, as a person without a mouse would. */
export async function tabTo(page: Page, target: Locator, most = 60, key = "Tab"): Promise<void> {
  await target.waitFor();
  for (let pressed = 0; pressed < most; pressed++) {
    await page.keyboard.press(key);
    if (await target.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`${target} cannot be reached with ${most} presses of ${key}`);
}

/** pick types into the box that has the focus, and takes the name offered first. */
export async function pick(page: Page, typed: string, name = typed): Promise<void> {
  await page.keyboard.type(typed);
  const first = page.getByRole("listbox").getByRole("option").first();
  await expect(first).toContainText(name);
  await page.keyboard.press("ArrowDown");
  await expect(first).toHaveAttribute("data-focused", "true");
  await page.keyboard.press("Enter");
}

/** audit looks a page over by WCAG 2.2, A and AA, and by what is held to be good practice. */
export function audit(page: Page): AxeBuilder {
  return new AxeBuilder({ page }).withTags([
    "wcag2a",
    "wcag2aa",
    "wcag21a",
    "wcag21aa",
    "wcag22aa",
    "best-practice",
  ]);
}

/** clean wants an audit to find nothing, in a part of the page or, of one behind a dialog, in what is not hidden. */
export async function clean(
  page: Page,
  what: string,
  { modal = false, within }: { modal?: boolean; within?: string } = {},
): Promise<void> {
  const axe = audit(page);
  // While a dialog is open the page behind it, with its main part and heading, is hidden on purpose.
  if (modal) axe.disableRules(["landmark-one-main", "page-has-heading-one"]);
  if (within) axe.include(within);
  const { violations } = await axe.analyze();
  const told = violations.map(
    ({ id: rule, nodes }) => `${rule}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`,
  );
  expect(told, what).toEqual([]);
}

export { expect } from "@playwright/test";

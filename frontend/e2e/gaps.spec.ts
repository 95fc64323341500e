import type { APIRequestContext, Locator, Page } from "@playwright/test";
import { add, ask, clean, connect, expect, pick, shifts, tabTo, test } from "./weft";

type Pair = {
  readonly id: string;
  readonly nodes: readonly { readonly id: string; readonly name: string }[];
};

/** A pair that the list of ready introductions holds, neither of whose names the tests before have touched. */
async function pair(request: APIRequestContext, rank: number): Promise<Pair> {
  const { gaps } = await ask<{ gaps: { nodes: Pair[] } }>(
    request,
    '{ gaps(list: READY, kinds: [MISSING_TIE], first: 50) { nodes { id nodes { id name(language: "en") } introduction { id } } } }',
  );
  const free = gaps.nodes.filter((gap) => !(gap as unknown as { introduction: unknown }).introduction);
  return free[rank]!;
}

/** The card of a gap between two. */
function cardOf(page: Page, gap: Pair): Locator {
  return gap.nodes.reduce(
    (cards, { name }) => cards.filter({ has: page.getByRole("heading", { level: 2, name }) }),
    page.getByRole("article"),
  );
}

/** Puts the focus on a control by keys alone, and presses it. */
async function press(page: Page, control: Locator, most = 90): Promise<void> {
  if (!(await control.evaluate((element) => element === document.activeElement)))
    await tabTo(page, control, most);
  await page.keyboard.press("Enter");
}

/** A name as it may stand in the name of a control: between signs that keep its direction, when that is the other. */
const said = (before: string, name: string, after: string) =>
  new RegExp(`^${before}.?${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}.?${after}$`);

test("by keyboard alone: find a gap, read its evidence, introduce the two, up to the tie", async ({
  open,
  request,
}) => {
  const gap = await pair(request, 0);
  const [a, b] = gap.nodes.map(({ name }) => name) as [string, string];
  const page = await open("/");
  await expect(page.getByRole("heading", { level: 1, name: /^What is missing/ })).toBeVisible();

  // The ready introductions, on their own screen.
  await page.keyboard.press("g");
  await page.keyboard.press("g");
  await expect(page.getByRole("heading", { level: 1, name: "Gaps" })).toBeVisible();
  await press(page, page.getByRole("link", { name: "Ready" }));
  await expect(page).toHaveURL(/list=ready/);
  await tabTo(page, page.getByRole("checkbox", { name: "No tie yet" }), 60, "Shift+Tab");
  await page.keyboard.press("Space");
  const card = cardOf(page, gap);
  await expect(card.first()).toBeVisible();

  // Each reason leads to the ties it rests on, and from there to who they are of.
  const evidence = card.getByRole("button", { name: /^Evidence: / }).first();
  await press(page, evidence, 200);
  await expect(evidence).toHaveAttribute("aria-expanded", "true");
  await expect(card.getByText(/^It rests on \d+ ties?:$/)).toBeVisible();
  const tie = card
    .getByRole("listitem")
    // The reason is one as well, around the ties it rests on.
    .filter({ hasNot: page.getByRole("listitem") })
    .filter({ hasText: /Confirmed|Claimed/ })
    .first();
  await press(page, tie.getByRole("link").first());
  await expect(page.getByRole("complementary", { name: "Selected" })).toBeVisible();

  // Suggest, and go on where the introduction is.
  await press(page, card.getByRole("button", { name: "Introduce them…" }), 200);
  const suggest = page.getByRole("dialog", { name: /^Introduce / });
  await expect(suggest).toContainText("Nobody is told yet");
  await press(page, suggest.getByRole("button", { name: "Suggest the introduction" }));
  await expect(suggest).toBeHidden();
  await expect(page).toHaveURL(/\/introductions\/\w+/);
  const main = page.getByRole("main");
  await expect(main.getByRole("heading", { level: 1 })).toContainText(a);
  await expect(main.getByRole("heading", { level: 1 })).toContainText(b);
  const letter = main.getByRole("region", { name: said("To ", a, "") });
  await expect(letter.getByRole("textbox", { name: "Message" })).toHaveValue(
    /I would like to introduce you to/,
  );
  await expect(letter.getByRole("link", { name: "Open in your mail program" })).toHaveAttribute(
    "href",
    /^mailto:.*\?subject=.*&body=/,
  );

  const next = page.getByRole("region", { name: "Next step" });
  await press(page, main.getByRole("button", { name: "I have asked both" }));
  await expect(next).toBeFocused();
  for (const name of [a, b]) {
    await press(page, main.getByRole("button", { name: `${name}: Said yes` }));
    const answer = page.getByRole("dialog", { name: said("", name, " said") });
    await press(page, answer.getByRole("button", { name: "Record the answer" }));
    await expect(answer).toBeHidden();
    await expect(main.getByText(new RegExp(`${name}.? said yes on`))).toBeVisible();
  }
  await expect(main.getByRole("region", { name: "To both" })).toBeVisible();
  await press(page, main.getByRole("button", { name: "I have introduced them" }), 120);
  await press(page, main.getByRole("button", { name: "Say what came of it…" }));
  const close = page.getByRole("dialog", { name: "What came of it?" });
  await expect(close.getByRole("combobox", { name: "The tie that followed" })).toHaveValue(
    "new IN_DIALOGUE_WITH",
  );
  await press(page, close.getByRole("button", { name: "Record" }));
  await expect(close).toBeHidden();
  await expect(next.getByText("A tie followed.")).toBeVisible();
  await expect(next.getByText("is in dialogue with")).toBeVisible();
  await expect(main.getByText("The gap it was for is closed.")).toBeVisible();

  // It is on the board, and no gap any more.
  await page.keyboard.press("g");
  await page.keyboard.press("i");
  await expect(page.getByRole("region", { name: /^What came of it/ }).getByRole("link")).toContainText(a);
  await expect(page.getByRole("row", { name: /^20\d\d/ })).toBeVisible();
  const { gap: left } = await ask<{ gap: unknown }>(request, "query ($id: ID!) { gap(id: $id) { id } }", {
    id: gap.id,
  });
  expect(left).toBeNull();
});

test("a gap is dismissed with a reason, comes back by Undo, and is reopened from the list", async ({
  open,
}) => {
  const page = await open("/gaps?list=ready");
  const cards = page.getByRole("article");
  await expect(cards.first()).toBeVisible();
  const title = (await cards.first().getByRole("heading", { level: 2 }).textContent())!;
  const second = (await cards.nth(1).getByRole("heading", { level: 2 }).textContent())!;
  const gone = cards.filter({ hasText: title });
  const dismiss = async (reason: string) => {
    await press(page, gone.getByRole("button", { name: "Dismiss…" }), 200);
    const dialog = page.getByRole("dialog", { name: "Dismiss this gap" });
    await expect(dialog.getByRole("textbox")).toBeFocused();
    await page.keyboard.press("Tab");
    await dialog.getByRole("button", { name: "Dismiss", exact: true }).click();
    await expect(dialog.getByText("This is needed.")).toBeVisible();
    await dialog.getByRole("textbox").fill(reason);
    await dialog.getByRole("button", { name: "Dismiss", exact: true }).click();
    await expect(dialog).toBeHidden();
    await expect(gone).toHaveCount(0);
  };
  await dismiss("They meet every week.");
  // Who uses keys goes on at the one that took its place.
  await expect(cards.first()).toContainText(second);
  await expect(cards.first()).toBeFocused();

  await page.getByRole("region", { name: "Notifications" }).getByRole("button", { name: "Undo" }).click();
  await expect(gone).toHaveCount(1);

  await dismiss("They meet every week.");
  await page.getByRole("link", { name: "Dismissed" }).click();
  const entry = page.getByRole("listitem").filter({ hasText: "They meet every week." });
  await expect(entry.getByRole("heading")).toContainText(title);
  await entry.getByRole("button", { name: /^Reopen: / }).click();
  await expect(entry).toHaveCount(0);
  await expect(page.getByRole("heading", { name: "Nothing is dismissed" })).toBeVisible();
  await page.getByRole("link", { name: "Ready" }).click();
  await expect(gone).toHaveCount(1);
});

test("a tie that others record closes the gap in an open window, and introductions are there when one comes back", async ({
  open,
  request,
}) => {
  const gap = await pair(request, 3);
  const [a, b] = gap.nodes;
  const list = await open(`/gaps?list=ready&gap-organization=${a!.id}`);
  await expect(list.getByRole("status").filter({ hasText: "Live" })).toHaveCount(1);
  const card = cardOf(list, gap);
  await expect(card).toBeVisible();
  const change = await connect(request, "ALLIED_WITH", a!.id, b!.id);
  await expect(card).toHaveCount(0);
  await ask(request, "mutation ($change: ID!) { undo(input: { change: $change }) { change } }", {
    change,
  });
  await expect(card).toBeVisible();

  const board = await open("/introductions");
  await expect(board.getByRole("heading", { level: 1 })).toBeVisible();
  const { suggestIntroduction } = await ask<{ suggestIntroduction: { introduction: { id: string } } }>(
    request,
    "mutation ($input: SuggestIntroductionInput!) { suggestIntroduction(input: $input) { introduction { id } } }",
    { input: { gap: gap.id } },
  );
  for (const page of [list, board]) await page.evaluate(() => dispatchEvent(new Event("focus")));
  await expect(card.getByRole("link", { name: "Open the introduction" })).toBeVisible();
  await expect(board.getByRole("region", { name: /^Suggested/ }).getByRole("link")).toContainText(a!.name);
  await ask(request, "mutation ($id: ID!) { takeBackIntroduction(input: { id: $id }) { change } }", {
    id: suggestIntroduction.introduction.id,
  });
});

test("a no is kept, told to nobody else, and taken back", async ({ open, request }) => {
  const gap = await pair(request, 6);
  const [a] = gap.nodes;
  const made = await ask<{ suggestIntroduction: { introduction: { id: string } } }>(
    request,
    "mutation ($input: SuggestIntroductionInput!) { suggestIntroduction(input: $input) { introduction { id } } }",
    { input: { gap: gap.id } },
  );
  const { id } = made.suggestIntroduction.introduction;
  const page = await open(`/introductions/${id}`);
  const main = page.getByRole("main");
  await main.getByRole("button", { name: "I have asked both" }).click();
  await main.getByRole("button", { name: `${a!.name}: Said no` }).click();
  const dialog = page.getByRole("dialog", { name: said("", a!.name, " said") });
  await expect(dialog).toContainText("A no stands");
  await dialog.getByRole("textbox", { name: "Note" }).fill("Not with them.");
  await dialog.getByRole("button", { name: "Record the answer" }).click();
  await expect(main.getByText("Not with them.")).toBeVisible();
  await expect(main.getByText("Declined", { exact: true })).toBeVisible();
  const { gaps } = await ask<{ gaps: { nodes: { id: string }[] } }>(
    request,
    "query ($of: ID!) { gaps(scope: { organization: $of }, first: 100) { nodes { id } } }",
    { of: a!.id },
  );
  expect(gaps.nodes.map((one) => one.id)).not.toContain(gap.id);

  // Step by step back to nothing: the answer, that both were asked, the suggestion.
  await page.getByRole("region", { name: "Notifications" }).getByRole("button", { name: "Undo" }).click();
  await expect(main.getByText("Not with them.")).toBeHidden();
  await main.getByRole("button", { name: "Take the last step back" }).click();
  await main.getByRole("button", { name: "Remove the suggestion" }).click();
  await expect(main.getByText("There is no introduction here that you may see.")).toBeVisible();
});

test("a suggestion says what it would give, and the first page what was done lately", async ({
  open,
  request,
}) => {
  const page = await open("/");
  const lately = page.getByRole("region", { name: "The last 7 days" });
  await expect(lately).toContainText(/records? (or tie was|and ties were) added/);
  const card = page
    .getByRole("article")
    .filter({ hasText: "Not yet a member" })
    .filter({ has: page.getByRole("button", { name: "What it would give" }) })
    .first();
  await card.getByRole("button", { name: "What it would give" }).click();
  const worth = card.getByRole("list", { name: "What it would give" });
  await expect(worth.getByRole("listitem").first()).toContainText(/would (cover|come within reach)/);
  // Whoever is invited may also be asked directly.
  await card.getByRole("button", { name: "Begin the invitation…" }).click();
  await page
    .getByLabel("Who could bring them together")
    .selectOption({ label: "Nobody: I introduce them myself" });
  await page.getByRole("button", { name: "Suggest the introduction" }).click();
  await expect(page).toHaveURL(/introductions/);
  const { introductions } = await ask<{ introductions: { nodes: { id: string; broker: unknown }[] } }>(
    request,
    "{ introductions(states: [SUGGESTED], first: 1) { nodes { id broker { id } } } }",
  );
  expect(introductions.nodes[0]?.broker).toBeNull();
  await ask(request, "mutation ($id: ID!) { takeBackIntroduction(input: { id: $id }) { change } }", {
    id: introductions.nodes[0]!.id,
  });
});

test("filters are in the address, and a visitor reads but does nothing", async ({ open }) => {
  const page = await open("/gaps");
  await page.getByRole("checkbox", { name: "Tie gone cold" }).check();
  await page.getByRole("combobox", { name: "Place" }).selectOption({ label: "Qasmira" });
  await expect(page).toHaveURL(/gap=COLD_TIE&gap-place=Qasmira/);
  await page.reload();
  await expect(page.getByRole("checkbox", { name: "Tie gone cold" })).toBeChecked();
  await page.getByRole("button", { name: "Remove filter Qasmira" }).click();
  const cards = page.getByRole("article");
  await expect(cards.first()).toContainText("no recorded contact");
  await expect(cards.first().getByRole("button", { name: "Record a contact…" })).toBeVisible();

  await page.getByRole("button", { name: "See as Yourself" }).click();
  await page.getByRole("button", { name: "Visitor" }).click();
  await page.getByRole("button", { name: "Remove filter Tie gone cold" }).click();
  await expect(cards.first()).toBeVisible();
  await expect(page.getByRole("button", { name: "Dismiss…" })).toHaveCount(0);
  await expect(page.getByRole("link", { name: "Dismissed" })).toHaveCount(0);
  await expect(page.getByRole("button", { name: /^Introduce|^Begin|^Record/ })).toHaveCount(0);
  await expect(cards.first().getByRole("link", { name: "Show on the map" })).toBeVisible();
});

test("when the server is away, the page says so and goes on from there", async ({ open }) => {
  const page = await open("/directory", { forgive: /ERR_CONNECTION_REFUSED/ });
  let away = true;
  await page.route("**/graphql", (route) =>
    away && route.request().postData()?.includes("query Gaps")
      ? route.abort("connectionrefused")
      : route.continue(),
  );
  await page.getByRole("link", { name: "Gaps" }).click();
  const alert = page.getByRole("main").getByRole("alert");
  await expect(alert).toContainText("The server cannot be reached.");
  await expect(alert).toContainText("Nothing you did was lost.");
  away = false;
  await alert.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("article").first()).toBeVisible();
  await expect(alert).toBeHidden();
});

const dismiss = { en: "Dismiss…", ar: "استبعد…" } as const;

for (const [language, width] of [
  ["en", 1440],
  ["ar", 1024],
  ["en", 390],
  ["ar", 390],
] as const)
  test(`axe finds nothing on gaps and introductions, by day and night: ${language}, ${width} px`, async ({
    open,
    request,
  }) => {
    // Five screens, each looked at twice.
    test.slow();
    const gap = await pair(request, 9);
    const { suggestIntroduction } = await ask<{ suggestIntroduction: { introduction: { id: string } } }>(
      request,
      "mutation ($input: SuggestIntroductionInput!) { suggestIntroduction(input: $input) { introduction { id } } }",
      { input: { gap: gap.id } },
    );
    const { id } = suggestIntroduction.introduction;
    const page = await open("/", { language, width, height: width === 390 ? 844 : 900 });
    const both = async (what: string, modal = false) => {
      for (const theme of ["light", "dark"]) {
        await page.evaluate((name) => {
          document.documentElement.dataset.theme = name;
        }, theme);
        await clean(page, `${what}, ${theme}`, { modal });
      }
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), what).toBe(true);
    };
    const cards = page.getByRole("article");
    await expect(cards.first()).toBeVisible();
    await both("home");

    await page.goto("/gaps?gap=COLD_TIE&gap=MISSING_VOICE");
    await expect(cards.first()).toBeVisible();
    await cards.first().getByRole("button", { expanded: false }).first().click();
    await both("gaps");
    await cards.first().getByRole("button", { name: dismiss[language] }).click();
    await expect(page.getByRole("dialog").getByRole("textbox")).toBeVisible();
    await both("dismiss", true);

    await page.goto("/introductions");
    await expect(page.getByRole("main").getByRole("listitem").first()).toBeVisible();
    await both("board");
    await page.goto(`/introductions/${id}`);
    await expect(page.getByRole("main").getByRole("textbox").first()).toBeVisible();
    await both("introduction");
    expect((await shifts(page)).reduce((sum, { value }) => sum + value, 0)).toBeLessThanOrEqual(0.02);
    await ask(request, "mutation ($id: ID!) { takeBackIntroduction(input: { id: $id }) { change } }", {
      id,
    });
  });

test("the first page tells how the network came to be, in lines and in numbers, once the list is there", async ({
  open,
  request,
}) => {
  const page = await open("/");
  const health = page.getByRole("region", { name: "The network at a glance" });
  const told = health.getByText(/^From \w+ \d{4} to \w+ \d{4}:$/);
  await expect(told).toBeVisible();
  await health.getByText("In numbers").click();
  const rows = health.getByRole("row");
  await expect(rows).toHaveCount(14);
  const { health: now } = await ask<{ health: { ties: number; alone: number; giant: number } }>(
    request,
    "{ health { ties alone giant } }",
  );
  await expect(rows.nth(1)).toContainText(`${now.ties}${Math.round(100 * now.giant)}%${now.alone}`);
  await expect(health.getByText(new RegExp(`^\\d+ then, ${now.ties} now$`))).toBeAttached();

  // The trend waits for the list; where time runs from right to left, so does the line.
  const reader = await open("/directory", { language: "ar" });
  let answer = () => {};
  const held = new Promise<void>((done) => {
    answer = done;
  });
  let asked = 0;
  await reader.route("**/graphql", async (route) => {
    const body = route.request().postData() ?? "";
    if (body.includes("query Trend")) asked++;
    if (body.includes("query Gaps")) await held;
    await route.continue();
  });
  await reader.getByRole("link", { name: "الرئيسية" }).click();
  const panel = reader.getByRole("region", { name: "الشبكة في لمحة" });
  await expect(panel).toContainText("متصلة بعضها ببعض");
  expect(asked).toBe(0);
  answer();
  const line = panel.locator("svg").first();
  await expect(line).toBeVisible();
  expect(await line.evaluate((drawn) => getComputedStyle(drawn).scale)).toBe("-1 1");
});

test("what is beside the list says so when it cannot be had, and can be asked for again", async ({
  open,
}) => {
  const page = await open("/directory", { forgive: /ERR_CONNECTION_REFUSED/ });
  let away: RegExp | null = /query Glance/;
  await page.route("**/graphql", (route) =>
    away?.test(route.request().postData() ?? "") ? route.abort("connectionrefused") : route.continue(),
  );
  await page.getByRole("navigation", { name: "Screens" }).getByRole("link", { name: "Home" }).click();
  const health = page.getByRole("region", { name: "The network at a glance" });
  const alert = health.getByRole("alert");
  await expect(alert).toContainText("The server cannot be reached.");
  await expect(page.getByRole("article").first()).toBeVisible();
  away = /query Trend/;
  await alert.getByRole("button", { name: "Try again" }).click();
  await expect(health).toContainText("hang together");
  await expect(alert).toContainText("The server cannot be reached.");
  away = null;
  await alert.getByRole("button", { name: "Try again" }).click();
  await expect(health.getByText("In numbers")).toBeVisible();
  await expect(alert).toBeHidden();
});

test("a list that was cut says so, and how to see the others", async ({ open }) => {
  const page = await open("/gaps?see=visitor");
  const cards = page.getByRole("article");
  await expect(cards.first()).toBeVisible();
  for (const shown of [20, 30, 40, 50]) {
    await page.getByRole("button", { name: "Show more" }).click();
    await expect(cards).toHaveCount(shown);
  }
  await expect(page.getByRole("button", { name: "Show more" })).toHaveCount(0);
  await expect(page.getByText(/^These are the first 50 of \d+, .* Filter by kind, issue/)).toBeVisible();
  await page.getByRole("checkbox", { name: "Tie gone cold" }).check();
  await expect(cards.first()).toContainText("no recorded contact");
  await expect(page.getByText(/^These are the first/)).toHaveCount(0);
});

test("whose gaps or introductions one looks for is chosen by keys, and let go by a chip or by Back", async ({
  open,
  request,
}) => {
  const gap = await pair(request, 12);
  const [a, b] = gap.nodes;
  const { suggestIntroduction } = await ask<{ suggestIntroduction: { introduction: { id: string } } }>(
    request,
    "mutation ($input: SuggestIntroductionInput!) { suggestIntroduction(input: $input) { introduction { id } } }",
    { input: { gap: gap.id } },
  );
  const page = await open("/gaps");
  const choose = async (label: string, name: string) => {
    const box = page.getByRole("combobox", { name: label });
    await box.focus();
    await pick(page, name);
    await expect(box).toHaveValue(name);
    await expect(box).toBeFocused();
    return box;
  };
  const filter = await choose("Organization", a!.name);
  await expect(page).toHaveURL(`/gaps?gap-organization=${a!.id}`);
  await page.keyboard.press("End");
  await page.keyboard.press("Backspace");
  await expect(page).toHaveURL("/gaps");
  await expect(filter).toHaveValue(a!.name.slice(0, -1));
  await page.goBack();
  await expect(filter).toHaveValue(a!.name);
  // The list of names closes by Escape, and stays closed.
  await page.keyboard.press("Escape");
  await expect(filter).toHaveAttribute("aria-expanded", "false");
  await page.getByRole("button", { name: `Remove filter ${a!.name}` }).click();
  await expect(filter).toHaveValue("");

  await page.keyboard.press("g");
  await page.keyboard.press("i");
  const cards = page.getByRole("region", { name: "Introductions by where they stand" }).getByRole("link");
  await expect(cards.filter({ hasText: b!.name })).not.toHaveCount(0);
  await choose("Only those of", a!.name);
  await expect(page).toHaveURL(`/introductions?of=${a!.id}`);
  await expect(cards.filter({ hasNotText: a!.name })).toHaveCount(0);
  await expect(cards.filter({ hasText: b!.name })).not.toHaveCount(0);
  await page.goBack();
  await expect(page).toHaveURL("/introductions");
  await ask(request, "mutation ($id: ID!) { takeBackIntroduction(input: { id: $id }) { change } }", {
    id: suggestIntroduction.introduction.id,
  });
});

test("in a list without ties it is not told how likely a tie is", async ({ open, playwright }) => {
  const address = process.env.WEFT_EMPTY_URL;
  test.skip(!address, "it needs a server without a network");
  const request = await playwright.request.newContext({ baseURL: address! });
  const issue = await add(request, "Issue", { name: "Ferry Fares" });
  for (const name of ["Bank to Bank", "Slow Water"]) {
    const from = await add(request, "Organization", { name });
    await connect(request, "WORKS_ON", from, issue);
  }
  await request.dispose();
  const page = await open("/gaps?gap=MISSING_TIE", { address });
  const card = page.getByRole("article").filter({ hasText: "Slow Water" });
  await expect(card.getByRole("definition").first()).toHaveText("too little recorded to tell");
  await expect(card.getByRole("definition").last()).toHaveText(/%$/);
});

test("two that may be one are merged from their gap, which is gone with that", async ({ open, request }) => {
  const name = `Ford Wardens ${Date.now() % 1e6}`;
  const issue = await add(request, "Issue", { name: `Fords ${Date.now() % 1e6}` });
  const [first] = await Promise.all(
    ["The elder record.", "The younger record."].map(async (summary) => {
      const from = await add(request, "Organization", { name, summary });
      await connect(request, "WORKS_ON", from, issue);
      return from;
    }),
  );
  const page = await open(`/gaps?gap=MISSING_TIE&gap-organization=${first}`);
  const card = page.getByRole("article").filter({ hasText: "two records of one" });
  await expect(card).toHaveCount(1);
  await card.getByRole("button", { name: "Merge the two…" }).click();
  const dialog = page.getByRole("dialog", { name: `Merge ${name} with another record` });
  await expect(dialog.getByRole("row", { name: /^Summary/ })).toContainText("The younger record.");
  await clean(page, "merging two of a gap", { modal: true, within: "[role=dialog]" });
  await dialog.getByRole("button", { name: "Merge", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole("heading", { level: 1, name: "Gaps" })).toBeVisible();
  await expect(card).toHaveCount(0);
});

test("of names found for less only those that hold what is typed by now are offered", async ({ open }) => {
  const page = await open("/gaps");
  const options = page.getByRole("option");
  await page.getByRole("combobox", { name: "Organization" }).focus();
  await page.keyboard.type("re");
  await expect(options.filter({ hasText: "Registry Watch" })).toBeVisible();
  await expect(options.filter({ hasText: "Residents' Register Project" })).toBeVisible();
  let answer = () => {};
  const held = new Promise<void>((done) => {
    answer = done;
  });
  await page.route("**/graphql", async (route) => {
    if (route.request().postData()?.includes("query Candidates")) await held;
    await route.continue().catch(() => {});
  });
  await page.keyboard.type("gister");
  await expect(options).toHaveText([/^Residents' Register Project/]);
  answer();
  await expect(options).not.toHaveCount(1);
});

test("a gap that others close while one writes about it stays until one is done, and says what became of it", async ({
  open,
  request,
}) => {
  const gap = await pair(request, 5);
  const [a, b] = gap.nodes;
  const page = await open(`/gaps?list=ready&gap=MISSING_TIE&gap-organization=${a!.id}`);
  await expect(page.getByRole("status").filter({ hasText: "Live" })).toHaveCount(1);
  const card = cardOf(page, gap);
  await card.getByRole("button", { name: "Dismiss…" }).click();
  const dialog = page.getByRole("dialog", { name: "Dismiss this gap" });
  await dialog.getByRole("textbox").fill("They meet every week, in the same house.");
  const answered = page.waitForResponse((response) =>
    Boolean(response.request().postData()?.includes("query Gaps")),
  );
  const change = await connect(request, "ALLIED_WITH", a!.id, b!.id);
  await answered;
  await dialog.getByRole("button", { name: "Dismiss", exact: true }).click();
  await expect(dialog.getByRole("alert")).toContainText("It may have been removed");
  await expect(dialog.getByRole("textbox")).toHaveValue("They meet every week, in the same house.");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(card).toHaveCount(0);
  await ask(request, "mutation ($change: ID!) { undo(input: { change: $change }) { change } }", {
    change,
  });
  await expect(card).toBeVisible();
});

test("an answer that takes long says so, can be stopped, and is not waited for when one asks something else", async ({
  open,
}) => {
  const page = await open("/directory", { forgive: /ERR_FAILED|ERR_ABORTED/ });
  let held: (() => void)[] = [];
  let hold = true;
  await page.route("**/graphql", async (route) => {
    if (hold && route.request().postData()?.includes("query Gaps"))
      await new Promise<void>((done) => held.push(done));
    await route.continue().catch(() => undefined);
  });
  const ended = () =>
    page.waitForEvent("requestfailed", (sent) => Boolean(sent.postData()?.includes("query Gaps")));
  await page.getByRole("link", { name: "Gaps" }).click();
  const main = page.getByRole("main");
  await expect(main.getByText("Still working…")).toBeVisible();
  let stopped = ended();
  await main.getByRole("button", { name: "Stop waiting" }).click();
  await stopped;
  await expect(main.getByText("You stopped waiting for this.")).toBeVisible();
  await expect(main.getByText("Still working…")).toHaveCount(0);
  await main.getByRole("button", { name: "Ask again" }).click();
  await expect(main.getByText("Still working…")).toBeVisible();

  stopped = ended();
  hold = false;
  await page.getByRole("link", { name: "Bridging" }).click();
  await stopped;
  await expect(page.getByRole("article").first()).toBeVisible();
  await expect(main.getByText("Still working…")).toHaveCount(0);
  for (const go of held) go();
  held = [];
});

test("who is asked says yes or no itself, and learns nothing of the other's answer", async ({
  open,
  request,
}) => {
  const { gaps } = await ask<{ gaps: { nodes: (Pair & { introduction: unknown })[] } }>(
    request,
    '{ gaps(list: READY, kinds: [MISSING_TIE], first: 100) { nodes { id nodes { id kind name(language: "en") } introduction { id } } } }',
  );
  const gap = gaps.nodes.find(
    (one) =>
      !one.introduction &&
      one.nodes.every((node) => (node as unknown as { kind: string }).kind === "Organization"),
  )!;
  const [a, b] = gap.nodes;
  const { suggestIntroduction } = await ask<{ suggestIntroduction: { introduction: { id: string } } }>(
    request,
    "mutation ($input: SuggestIntroductionInput!) { suggestIntroduction(input: $input) { introduction { id } } }",
    { input: { gap: gap.id } },
  );
  const { id } = suggestIntroduction.introduction;
  const asked = await open(`/introductions/${id}?see=${encodeURIComponent(`organization:${a!.id}`)}`);
  const main = asked.getByRole("main");
  await expect(main.getByText("There is no introduction here that you may see.")).toBeVisible();
  await ask(request, "mutation ($id: ID!) { proposeIntroduction(input: { id: $id }) { change } }", { id });
  await ask(
    request,
    "mutation ($id: ID!, $party: ID!) { answerIntroduction(input: { id: $id, party: $party, choice: DECLINE }) { change } }",
    { id, party: b!.id },
  );
  await asked.goto(`/${new URL(asked.url()).search}`);
  const waiting = asked.getByRole("region", { name: "Introductions under way" });
  await waiting.getByRole("link", { name: b!.name }).click();
  await expect(main.getByText("Would you like to be introduced?")).toBeVisible();
  await expect(main.getByText(/Declined|said no/)).toHaveCount(0);
  await expect(main.getByRole("button", { name: b!.name })).toHaveCount(0);
  await main.getByRole("button", { name: `${a!.name}: Yes, please` }).click();
  const dialog = asked.getByRole("dialog", { name: "Your answer" });
  await dialog.getByRole("button", { name: "Record the answer" }).click();
  await expect(dialog).toBeHidden();
  await expect(main.getByText(/^You said yes\. You hear of it/)).toBeVisible();
  await expect(main.getByRole("button", { name: /Take the last step back|I have introduced/ })).toHaveCount(
    0,
  );
  await clean(asked, "an introduction, to who is asked");

  const { introduction } = await ask<{ introduction: { state: string; answers: { choice: string }[] } }>(
    request,
    "query ($id: ID!) { introduction(id: $id) { state answers { choice } } }",
    { id },
  );
  expect(introduction.state).toBe("DECLINED");
  expect(introduction.answers.map(({ choice }) => choice).sort()).toEqual(["ACCEPT", "DECLINE"]);
  for (let step = 0; step < 4; step++)
    await ask(request, "mutation ($id: ID!) { takeBackIntroduction(input: { id: $id }) { change } }", { id });
});

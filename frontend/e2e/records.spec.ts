import type { Page } from "@playwright/test";
import { add, ask, clean, connect, expect, find, test } from "./weft";

/** Chooses a command of the menu beside the name of the record. */
async function choose(page: Page, name: string, command: string): Promise<void> {
  await page
    .getByRole("main")
    .getByRole("button", { name: `More actions for ${name}` })
    .click();
  await page.getByRole("menuitem", { name: command, exact: true }).click();
}

const stamp = Date.now();

test("a dialogue is kept alive, a target is read, and a campaign measured", async ({ open, request }) => {
  const [group, other, official] = [`Quay Union ${stamp}`, `Mill Forum ${stamp}`, `Deputy Warden ${stamp}`];
  const [a, b] = [
    await add(request, "Organization", { name: group }),
    await add(request, "Organization", { name: other }),
  ];
  const target = await add(request, "Organization", { name: official });
  const campaign = await add(request, "Campaign", {
    name: `Open Gates ${stamp}`,
    campaign: { indicators: [{ name: "Signatures", unit: "people", baseline: 0, target: 5000 }] },
  });
  await connect(request, "IN_DIALOGUE_WITH", a, b);
  await connect(request, "TARGETS", campaign, target);

  const page = await open(`/profile/${a}`);
  const ties = page.getByRole("region", { name: "Ties" });
  await ties.getByRole("button", { name: /^Actions for the tie/ }).click();
  await page.getByRole("menuitem", { name: "Record a contact…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Date" }).fill("2024-05-04");
  await dialog.getByRole("combobox", { name: "How" }).selectOption({ label: "Video call" });
  await dialog.getByRole("button", { name: "Record" }).click();
  await expect(ties.getByText("Video call")).toBeVisible();

  await page.goto(`/profile/${campaign}`);
  await ties.getByRole("button", { name: /^Actions for the tie/ }).click();
  await page.getByRole("menuitem", { name: "Record a reading…" }).click();
  await dialog.getByRole("button", { name: "Record" }).click();
  await expect(dialog.getByText("Say how much power")).toBeVisible();
  await dialog.getByRole("combobox", { name: /^Power/ }).selectOption("4");
  await dialog.getByRole("combobox", { name: "Where they stand" }).selectOption("-1");
  await dialog.getByRole("button", { name: "Record" }).click();
  await expect(ties.getByText("power 4 · stance: against")).toBeVisible();

  await choose(page, `Open Gates ${stamp}`, "Record a measurement…");
  await dialog.getByRole("textbox", { name: "Value" }).fill("many");
  await dialog.getByRole("button", { name: "Record" }).click();
  await expect(dialog.getByText("Write a number")).toBeVisible();
  await dialog.getByRole("textbox", { name: "Value" }).fill("1250");
  await dialog.getByRole("button", { name: "Record" }).click();
  await expect(dialog).toBeHidden();
  await expect(
    page.getByRole("region", { name: "Facts" }).getByText("1,250").or(page.getByText(/1250/)).first(),
  ).toBeVisible();
});

test("a record is restricted, removed and brought back", async ({ open, request }) => {
  const [name, issue] = [`Lantern Hall ${stamp}`, `Closed Yards ${stamp}`];
  const id = await add(request, "Organization", { name });
  await connect(request, "WORKS_ON", id, await add(request, "Issue", { name: issue }));
  const page = await open(`/profile/${id}`);
  const dialog = page.getByRole("dialog");

  await choose(page, name, "Who can see it…");
  await dialog.getByRole("combobox", { name: "Who can see it" }).selectOption({ label: "Coordinators" });
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toBeHidden();
  const visitor = await open(`/profile/${id}?see=visitor`);
  await expect(visitor.getByText("There is nothing here")).toBeVisible();
  await page
    .getByRole("region", { name: "Notifications" })
    .getByRole("button", { name: "Undo" })
    .first()
    .click();
  await expect(visitor.getByRole("heading", { name, level: 1 })).toBeVisible();

  await choose(page, name, "Remove…");
  await expect(dialog.getByText("1 tie that you see goes with it:")).toBeVisible();
  await expect(dialog.getByRole("listitem")).toContainText(issue);
  await dialog.getByRole("button", { name: "Remove", exact: true }).click();
  await expect(page).toHaveURL(/\/directory/);
  await page
    .getByRole("region", { name: "Notifications" })
    .getByRole("button", { name: "Undo" })
    .first()
    .click();
  await page.goto(`/profile/${id}`);
  await expect(page.getByRole("region", { name: "Ties" }).getByRole("link", { name: issue })).toBeVisible();
});

test("withdrawing consent says first what it touches, and then the story is gone", async ({
  open,
  request,
}) => {
  const name = `What the ferry brought ${stamp}`;
  const about = `Ferry Street ${stamp}`;
  const story = await add(request, "Story", {
    name,
    story: {
      text: "A story.",
      consent: {
        scope: "PUBLIC",
        channels: ["DIRECTORY", "PRESS"],
        from: "2024",
        recordedBy: "local",
        how: "in writing",
      },
    },
  });
  await connect(request, "ABOUT", story, await add(request, "Community", { name: about }));
  const page = await open(`/profile/${story}`);
  const dialog = page.getByRole("dialog");
  await choose(page, name, "Withdraw consent…");
  await expect(dialog.getByText("Everyone")).toBeVisible();
  await expect(dialog.getByText(/The press/)).toBeVisible();
  await expect(dialog.getByText(about)).toBeVisible();
  await dialog.getByRole("button", { name: "Withdraw consent" }).click();
  await expect(page).toHaveURL(/\/directory/);
  await page.goto(`/profile/${story}`);
  await expect(page.getByRole("heading", { name, level: 1 })).toBeHidden();
});

test("erasing wants the name typed", async ({ open, request }) => {
  const name = `Wrongly Written ${stamp}`;
  const id = await add(request, "Individual", { name });
  const page = await open(`/profile/${id}`);
  const dialog = page.getByRole("dialog");
  await choose(page, name, "Erase for good…");
  const typed = dialog.getByRole("textbox", { name: /type its name/ });
  await typed.fill("Wrongly");
  await dialog.getByRole("button", { name: "Erase for good" }).click();
  await expect(dialog.getByText("This is not its name.")).toBeVisible();
  await typed.fill(name);
  await dialog.getByRole("button", { name: "Erase for good" }).click();
  await expect(page).toHaveURL(/\/directory/);
  const { node } = await ask<{ node: unknown }>(request, "query ($id: ID!) { node(id: $id) { id } }", { id });
  expect(node).toBeNull();
});

test("two records of one are shown side by side, merged, and told apart again", async ({ open, request }) => {
  const [name, double, issue] = [
    `Salt Road Network ${stamp}`,
    `Salt Road Netwrok ${stamp}`,
    `Toll Fees ${stamp}`,
  ];
  const id = await add(request, "Organization", { name, place: "FR" });
  const from = await add(request, "Organization", { name: double, summary: "Carriers along the salt road." });
  await connect(request, "WORKS_ON", from, await add(request, "Issue", { name: issue }));
  const page = await open(`/profile/${id}`);
  const dialog = page.getByRole("dialog");
  await choose(page, name, "Merge with another…");
  await dialog.getByRole("combobox", { name: "The other record of the same" }).fill(double);
  await page.getByRole("option", { name: double }).click();
  await expect(dialog.getByRole("row", { name: /^Summary/ })).toContainText("Carriers along the salt road.");
  await expect(dialog.getByRole("columnheader", { name: new RegExp(`^Goes: ${double}`) })).toBeVisible();
  await dialog.getByRole("button", { name: "Swap the two" }).click();
  await expect(dialog.getByRole("columnheader", { name: new RegExp(`^Goes: ${name}`) })).toBeVisible();
  await dialog.getByRole("button", { name: "Swap the two" }).click();
  await dialog.getByRole("button", { name: "Merge", exact: true }).click();
  await expect(page.getByRole("region", { name: "Ties" }).getByRole("link", { name: issue })).toBeVisible();
  await expect(page.getByText("Carriers along the salt road.", { exact: true })).toBeVisible();
  await page
    .getByRole("region", { name: "Notifications" })
    .getByRole("button", { name: "Undo" })
    .first()
    .click();
  await expect(page.getByText("Carriers along the salt road.", { exact: true })).toBeHidden();
});

for (const language of ["en", "ar"] as const)
  for (const [theme, width] of [
    ["light", 1440],
    ["dark", 390],
  ] as const)
    test(`axe finds nothing in the dialogs of a record: ${language}, ${theme}, ${width} px`, async ({
      open,
      request,
    }) => {
      const { id } = await find(request, "Milk at the line");
      const page = await open(`/profile/${id}`, {
        language,
        theme,
        width,
        height: width === 390 ? 844 : 900,
      });
      const dialog = page.getByRole("dialog");
      const menu = language === "en" ? /^More actions for/ : /^إجراءات أخرى/;
      const commands =
        language === "en"
          ? ["Who can see it…", "Merge with another…", "Withdraw consent…", "Remove…", "Erase for good…"]
          : ["من يراه…", "ادمج مع آخر…", "سحب الموافقة…", "أزل…", "امحُ نهائيًا…"];
      for (const command of commands) {
        await page.getByRole("main").getByRole("button", { name: menu }).first().click();
        await page.getByRole("menuitem", { name: command, exact: true }).click();
        await expect(dialog.getByRole("button").last()).toBeVisible();
        await clean(page, command, { within: "[role=dialog]" });
        await page.keyboard.press("Escape");
        await expect(dialog).toBeHidden();
      }
    });

import { ask, expect, find, pick, tabTo, test } from "./weft";

test("by keyboard alone: find a group, walk to a neighbour, add a tie, see it in the history, undo", async ({
  open,
}) => {
  const page = await open("/directory");
  const { keyboard } = page;
  const focused = (role: Parameters<typeof page.getByRole>[0], name: string | RegExp) =>
    expect(page.getByRole(role, { name }).first()).toBeFocused();

  // Search, and open the profile of what was found.
  await expect(page.getByRole("heading", { name: "Directory" })).toBeVisible();
  await keyboard.press("/");
  await focused("searchbox", "Search the network");
  await keyboard.type("lantern legl");
  // Everything found for less is gone.
  await expect(page.getByRole("checkbox", { name: "Organizations 1", exact: true })).toBeVisible();
  await keyboard.press("ArrowDown");
  await focused("link", "Lantern Legal Clinic");
  await keyboard.press("Tab");
  await focused("button", "More actions for Lantern Legal Clinic");
  await keyboard.press("Enter");
  await focused("menuitem", "Open profile");
  await keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Lantern Legal Clinic" })).toBeVisible();

  // On into the explorer, and there along the outline to a neighbour.
  await tabTo(page, page.getByRole("link", { name: "Open in the explorer" }));
  await keyboard.press("Enter");
  const outline = page.getByRole("treegrid", { name: "Outline of the neighbourhood" });
  await expect(outline.getByRole("row", { name: "Right to Remain Coalition" }).first()).toBeVisible();
  await tabTo(page, outline.getByRole("row").first());
  const neighbour = outline.getByRole("row", { name: "Right to Remain Coalition" }).first();
  for (let steps = 0; steps < 40; steps++) {
    if (await neighbour.evaluate((row) => row === document.activeElement)) break;
    await keyboard.press("ArrowDown");
  }
  await expect(neighbour).toBeFocused();
  await keyboard.press("Enter");
  const inspector = page.getByRole("complementary", { name: "Selected" });
  await expect(inspector.getByRole("heading", { name: "Right to Remain Coalition", level: 2 })).toBeVisible();

  // Add a tie to it.
  await tabTo(page, inspector.getByRole("button", { name: "Add tie" }), 120);
  await keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Add a tie to Right to Remain Coalition" });
  const relation = dialog.getByRole("combobox", { name: /^What it says/ });
  await tabTo(page, relation);
  await keyboard.type("is in dial");
  await expect(relation).toHaveValue("out.IN_DIALOGUE_WITH");
  await tabTo(page, dialog.getByRole("combobox", { name: "Other end" }));
  await pick(page, "Qasmira Lawyers", "Qasmira Lawyers' Circle");
  await expect(dialog.getByRole("combobox", { name: "Other end" })).toHaveValue("Qasmira Lawyers' Circle");
  await tabTo(page, dialog.getByRole("textbox", { name: "Since" }));
  await keyboard.type("2024-05");
  await tabTo(page, dialog.getByRole("textbox", { name: "Note" }));
  await keyboard.type("Met at the hearing.");
  await tabTo(page, dialog.getByRole("button", { name: "Add tie" }));
  await keyboard.press("Enter");
  await expect(dialog).toBeHidden();
  await expect(
    page.getByText("Tie added: Right to Remain Coalition – Qasmira Lawyers' Circle"),
  ).toBeVisible();

  // It is among the ties and in the history.
  const ties = inspector.getByRole("region", { name: "Ties" });
  const history = inspector.getByRole("region", { name: "History" });
  await expect(ties.getByText("Met at the hearing.")).toBeVisible();
  await expect(ties.getByText("since May 2024")).toBeVisible();
  const entry = history
    .getByRole("listitem")
    .filter({ hasText: "Right to Remain Coalition is in dialogue with Qasmira Lawyers' Circle" });
  await expect(entry).toContainText("Added");
  await expect(entry).toContainText("by you");

  // And gone again, which the history tells.
  await keyboard.press("Control+z");
  await expect(page.getByText("Undone.")).toBeVisible();
  await expect(ties.getByText("Met at the hearing.")).toBeHidden();
  await expect(entry.first()).toContainText("Undone");
});

test("a tie is ended today, told as ended, and lasts again after undo", async ({ open, request }) => {
  const { id } = await find(request, "Residents' Register Project");
  const page = await open(`/profile/${id}`);
  const tie = page
    .getByRole("region", { name: "Ties" })
    .getByRole("listitem")
    .filter({ has: page.getByRole("link", { name: "Revocation of residency", exact: true }) });
  await expect(tie).toContainText("Confirmed");
  await tie.getByRole("button", { name: "Actions for the tie with Revocation of residency" }).click();
  await page.getByRole("menuitem", { name: "End tie" }).click();
  const dialog = page.getByRole("dialog", { name: /^End the tie/ });
  const until = dialog.getByRole("textbox", { name: "Until" });
  await expect(until).toHaveValue(/^\d{4}-\d{2}-\d{2}$/);

  // What is no date is said at the field, and what was typed stays.
  await until.fill("soon");
  await dialog.getByRole("button", { name: "End tie" }).click();
  await expect(dialog.getByText(/is not a date: write 2019/)).toBeVisible();
  await expect(until).toHaveAttribute("aria-invalid", "true");
  await expect(until).toBeFocused();
  await until.fill("2025-11");
  await dialog.getByRole("button", { name: "End tie" }).click();
  await expect(dialog).toBeHidden();
  await expect(tie).toContainText("Ended");

  await page.getByRole("region", { name: "Notifications" }).getByRole("button", { name: "Undo" }).click();
  await expect(tie).not.toContainText("Ended");
  await expect(tie).toContainText("Confirmed");
});

test("what somebody else changed meanwhile is a conflict, told and taken up", async ({ open, request }) => {
  const { id } = await find(request, "Paper House of Qasmira");
  const page = await open(`/profile/${id}`);
  await page
    .getByRole("main")
    .getByRole("button", { name: "More actions for Paper House of Qasmira" })
    .click();
  await page.getByRole("menuitem", { name: "Edit" }).click();
  const dialog = page.getByRole("dialog", { name: "Edit Paper House of Qasmira" });
  const place = dialog.getByRole("textbox", { name: "Place" });
  await expect(place).not.toHaveValue("");
  const before = await place.inputValue();

  const { node } = await ask<{ node: { version: number } }>(
    request,
    "query ($id: ID!) { node(id: $id) { version } }",
    {
      id,
    },
  );
  await ask(request, `mutation ($input: ChangeNodeInput!) { changeNode(input: $input) { change } }`, {
    input: { id, expectedVersion: node.version, fields: { summary: "Prints what others will not." } },
  });
  await place.fill("The harbour");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.getByRole("alert")).toContainText("Somebody changed this meanwhile");
  await dialog.getByRole("button", { name: "Load what it says now" }).click();
  await expect(dialog.getByRole("textbox", { name: "Summary" })).toHaveValue("Prints what others will not.");
  await expect(place).toHaveValue(before);
  await place.fill("The harbour");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText("Prints what others will not.").first()).toBeVisible();
  await expect(page.getByText("The harbour").first()).toBeVisible();

  // From the history it is taken back after a question, since a change may have touched more than this.
  const history = page.getByRole("region", { name: "History" });
  await expect(history.getByRole("listitem").filter({ hasText: "Place" }).first()).toContainText(
    "The harbour",
  );
  await history.getByRole("button", { name: "Undo: Changed Paper House of Qasmira" }).first().click();
  await page.getByRole("dialog", { name: "Undo this change?" }).getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("main").getByText(before).first()).toBeVisible();
  await expect(page.getByRole("region", { name: "Notifications" })).toContainText("Undone.");
});

test("an edit whose answer was lost is done once when it is sent again", async ({ open, request }) => {
  const { id } = await find(request, "Far Table");
  const page = await open(`/profile/${id}`, { forgive: /ERR_CONNECTION_RESET/ });
  let lost = 0;
  await page.route("**/graphql", async (route) => {
    if (!route.request().postData()?.includes("mutation Connect") || lost > 0) return route.continue();
    lost++;
    // The server does it, the browser never hears.
    await route.fetch();
    await route.abort("connectionreset");
  });
  await page.getByRole("button", { name: "Add tie" }).click();
  const dialog = page.getByRole("dialog", { name: "Add a tie to Far Table" });
  await dialog.getByRole("combobox", { name: /^What it says/ }).selectOption({ label: "is allied with" });
  await dialog.getByRole("combobox", { name: "Other end" }).fill("Paper House");
  await page.getByRole("option", { name: /Paper House of Qasmira/ }).click();
  await dialog.getByRole("textbox", { name: "Note" }).fill("Once and no more.");
  await dialog.getByRole("button", { name: "Add tie" }).click();
  await expect(dialog.getByRole("alert")).toContainText("cannot be reached");
  await dialog.getByRole("button", { name: "Add tie" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText("Once and no more.")).toHaveCount(1);
  expect(lost).toBe(1);
  await page.getByRole("region", { name: "Notifications" }).getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText("Once and no more.")).toHaveCount(0);
});

test("the first run of an empty network begins with the first organization", async ({ open }) => {
  const page = await open("/", { address: process.env.WEFT_EMPTY_URL });
  await expect(page.getByText("This network is empty")).toBeVisible();
  await expect(page.getByText("Fictional demo network")).toBeHidden();
  await page.getByRole("button", { name: "Add the first organization" }).click();
  const dialog = page.getByRole("dialog", { name: "Add to the network" });
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await expect(dialog.getByText("This is needed.")).toBeVisible();
  await dialog.getByRole("textbox", { name: "Name", exact: true }).fill("بيت الضوء");
  await dialog.getByRole("combobox", { name: "Type of organization" }).selectOption({ label: "NGO" });
  await dialog.getByRole("checkbox", { name: "Legal" }).first().check();
  await dialog.getByRole("button", { name: "Add: Contact points" }).click();
  await dialog.getByRole("combobox", { name: "Way" }).selectOption({ label: "E-mail" });
  await dialog.getByRole("textbox", { name: "Address or number" }).fill("light@house.example");
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "بيت الضوء" })).toBeVisible();
  await expect(page.getByRole("region", { name: "Facts" })).toContainText("NGO");
  await expect(page.getByRole("link", { name: "light@house.example" })).toBeVisible();
});

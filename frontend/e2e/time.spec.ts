import type { APIRequestContext } from "@playwright/test";
import { add, ask, expect, find, test } from "./weft";

/** A group that was a member of a coalition until 2021, and is not any more. */
async function former(
  request: APIRequestContext,
): Promise<{ id: string; name: string; coalition: string; tie: string }> {
  const name = `Once a Member ${Date.now()}`;
  const coalition = await find(request, "Right to Remain Coalition");
  const id = await add(request, "Organization", { name });
  const connected = await ask<{ connect: { link: { id: string } } }>(
    request,
    'mutation ($from: ID!, $to: ID!) { connect(input: {kind: MEMBER_OF, from: $from, to: $to, fields: {since: "2018", until: "2021-06", visibility: PUBLIC}}) { link { id } } }',
    { from: id, to: coalition.id },
  );
  return { id, name, coalition: coalition.name, tie: connected.connect.link.id };
}

test("ties that had ended are shown, said to have ended, and left out when one wants", async ({
  open,
  request,
}) => {
  const { id, name, coalition } = await former(request);
  const page = await open(`/explorer?from=${id}`);
  const outline = page.getByRole("treegrid");
  const tie = outline.getByRole("row").filter({ hasText: coalition });
  await expect(tie).toContainText("Ended");
  await expect(page.getByText("Faded: ended")).toBeVisible();

  const choice = page.getByRole("button", { name: "Ended ties too" });
  await expect(choice).toHaveAttribute("aria-pressed", "true");
  await choice.click();
  await expect(tie).toBeHidden();
  await expect(outline.getByRole("row").filter({ hasText: name })).toBeVisible();
  expect(page.url()).toContain("ended=off");

  // The profile shows the same, on the day it is asked about.
  await page.goto(`/profile/${id}?ended=off`);
  const ties = page.getByRole("region", { name: "Ties" });
  await expect(ties.getByText("No ties")).toBeVisible();
  await ties.getByRole("button", { name: "Ended ties too" }).click();
  await expect(ties.getByRole("link", { name: coalition })).toBeVisible();
  await page.goto(`/profile/${id}?on=2019&ended=off`);
  await expect(
    page.getByRole("region", { name: "Ties" }).getByRole("link", { name: coalition }),
  ).toBeVisible();
  await page.goto(`/profile/${id}?on=2017`);
  await expect(page.getByRole("region", { name: "Ties" })).toBeVisible();
  await expect(
    page.getByRole("region", { name: "Ties" }).getByRole("link", { name: coalition }),
  ).toBeHidden();
});

test("the history of a record tells of its ties, and to nobody of those they do not see", async ({
  open,
  request,
}) => {
  const { id, coalition, tie } = await former(request);
  const issue = await find(request, "Revocation of residency");
  await ask(
    request,
    "mutation ($from: ID!, $to: ID!) { connect(input: {kind: WORKS_ON, from: $from, to: $to, fields: {visibility: COORDINATORS}}) { link { id } } }",
    { from: id, to: issue.id },
  );
  const page = await open(`/profile/${id}`);
  const history = page.getByRole("region", { name: "History" });
  await expect(history.getByRole("listitem").filter({ hasText: coalition })).toContainText("Added");
  await expect(history.getByRole("listitem").filter({ hasText: issue.name })).toBeVisible();
  await page.goto(`/profile/${id}?see=visitor`);
  await expect(history.getByRole("listitem").filter({ hasText: coalition })).toBeVisible();
  await expect(history.getByRole("listitem").filter({ hasText: issue.name })).toBeHidden();

  // A tie that was removed is gone from the ties, and the history still tells of it.
  await ask(request, "mutation ($id: ID!) { removeLink(input: {id: $id, expectedVersion: 1}) { change } }", {
    id: tie,
  });
  await page.goto(`/profile/${id}`);
  const removed = history.getByRole("listitem").filter({ hasText: "Removed" });
  await expect(removed).toContainText(coalition);
  const ties = page.getByRole("region", { name: "Ties" });
  await expect(ties.getByRole("link", { name: coalition })).toBeHidden();
  await removed.getByRole("button", { name: /^Undo/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Undo", exact: true }).click();
  await expect(ties.getByRole("link", { name: coalition })).toBeVisible();
});

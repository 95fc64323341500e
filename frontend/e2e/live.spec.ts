import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { serve, stop } from "./setup";
import { add, expect, find, test } from "./weft";

/** What the quiet dot says. */
const dot = (page: Page) => page.getByRole("banner").getByRole("status");

const lost = /ERR_INTERNET_DISCONNECTED|ERR_CONNECTION_REFUSED|WebSocket connection/;

test("offline, the page says so and keeps what was last known; online again, it is live", async ({
  open,
  request,
}) => {
  const { id, name } = await find(request, "Lantern Legal Clinic");
  const page = await open(`/profile/${id}`, { forgive: lost });
  await expect(dot(page)).toHaveText("Live");
  await expect(page.getByRole("heading", { name })).toBeVisible();

  await page.context().setOffline(true);
  await expect(dot(page)).toHaveText(/^Offline/);
  const notice = page.getByRole("region", { name: "Notices" }).getByText(/^Offline/);
  await expect(notice).toBeVisible();
  await expect(page.getByRole("heading", { name })).toBeVisible();

  await page.context().setOffline(false);
  await expect(dot(page)).toHaveText("Live");
  await expect(notice).toBeHidden();
});

test("a server that stopped and came back is caught up with", async ({ open, playwright }) => {
  const folder = mkdtempSync(join(tmpdir(), "weft-live-"));
  const file = join(folder, "live.db");
  let server = await serve(file, []);
  const { address } = server;
  const request = await playwright.request.newContext({ baseURL: address });
  try {
    await add(request, "Issue", { name: "Known before" });
    const page = await open("/directory", { address, forgive: lost });
    await expect(page.getByRole("link", { name: "Known before" })).toBeVisible();
    await expect(dot(page)).toHaveText("Live");

    // Everything the dot says from now on, in order.
    await dot(page).evaluate((element) => {
      const said: string[] = [];
      (window as unknown as { said: string[] }).said = said;
      new MutationObserver(() => said.push(element.textContent ?? "")).observe(element, {
        childList: true,
        characterData: true,
        subtree: true,
      });
    });
    await stop(server.process);
    await expect(dot(page)).toHaveText(/^Offline/);
    await expect(page.getByRole("link", { name: "Known before" })).toBeVisible();

    server = await serve(file, [], new URL(address).port);
    await add(request, "Issue", { name: "Added meanwhile" });
    await expect(dot(page)).toHaveText("Live", { timeout: 40_000 });
    await expect(page.getByRole("link", { name: "Added meanwhile" })).toBeVisible();
    const said = await page.evaluate(() => (window as unknown as { said: string[] }).said);
    expect(said.map((text) => text.split(":")[0])).toEqual(["Offline", "Catching up", "Live"]);
  } finally {
    await request.dispose();
    await stop(server.process);
    rmSync(folder, { recursive: true, force: true });
  }
});

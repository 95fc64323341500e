import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { serve, stop } from "./setup";
import { ask, expect, test } from "./weft";

const data = resolve(process.env.WEFT_DATA ?? "../../shared/data", "parliament-groups");

test("an answer that takes long says what it waits for, and can be let go of and asked for again", async ({
  open,
  playwright,
}) => {
  test.skip(
    !existsSync(data),
    "SKIPPED: parliament-groups is not here; set WEFT_DATA to the folder that holds it",
  );
  const folder = mkdtempSync(join(tmpdir(), "weft-slow-"));
  const file = join(folder, "slow.db");
  const program = resolve(process.env.WEFT_BIN ?? "../weft");
  const made = spawnSync(program, [
    "import",
    data,
    "--mapping",
    "parliament-groups",
    "--store",
    `sqlite:${file}`,
  ]);
  expect(made.stderr.toString(), made.stdout.toString()).toBe("");
  const { address, process: server } = await serve(file, []);
  const request = await playwright.request.newContext({ baseURL: address });
  try {
    // Others ask of many days first, one answer after the other.
    const others = Array.from({ length: 24 }, (_, year) =>
      ask(request, "query ($on: Date!) { gaps(asOf: $on) { totalCount } }", { on: `${1990 + year}` }),
    );
    await request.get("/healthz");
    const page = await open("/?on=2024", { address });
    const waiting = page.getByText(/Waiting for other questions|Reading the network|Working out the answer/);
    await expect(waiting.first()).toBeVisible();
    await page.screenshot({ path: test.info().outputPath("waiting.png") });
    await page.getByRole("button", { name: "Stop waiting" }).first().click();
    await expect(page.getByText("You stopped waiting for this.").first()).toBeVisible();
    await page.getByRole("button", { name: "Ask again" }).first().click();
    await Promise.all(others);
    await expect(page.locator("[data-gap]").first()).toBeVisible({ timeout: 30_000 });
    await expect(waiting).toHaveCount(0);
    await page.close();
  } finally {
    await request.dispose();
    await stop(server);
    rmSync(folder, { recursive: true, force: true });
  }
});

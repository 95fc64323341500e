import type { Page } from "@playwright/test";
import { add, ask, expect, test } from "./weft";

test("names are in the reader's language where there is one, beside the name as it was written", async ({
  open,
  request,
}) => {
  const stamp = Date.now();
  const [written, english] = [`جمعية الميناء ${stamp}`, `Harbour Society ${stamp}`];
  const translations = [{ language: "en-GB", name: english }];
  const id = await add(request, "Organization", { name: written, translations });

  const page = await open(`/profile/${id}`);
  await expect(page.getByRole("heading", { level: 1, name: english })).toBeVisible();
  await expect(page.getByRole("list", { name: "Other names" })).toContainText(written);
  await page.goto(`/explorer?from=${id}`);
  await expect(page.getByRole("treegrid").getByRole("row", { name: english })).toBeVisible();
  await page.goto(`/directory?q=${encodeURIComponent(written)}`);
  const hit = page.getByRole("main").getByRole("listitem").filter({ hasText: english });
  await expect(hit).toContainText(written);
  await page.goto(`/gaps?gap-organization=${id}`);
  await expect(page.getByRole("button", { name: `Remove filter ${english}` })).toBeVisible();

  const arabic = await open(`/profile/${id}`, { language: "ar" });
  await expect(arabic.getByRole("heading", { level: 1, name: written })).toBeVisible();
  await expect(arabic.getByRole("list", { name: "أسماء أخرى" })).toContainText(english);
});

test("sentences of the server name nodes in the reader's language", async ({ open, request }) => {
  type Name = { readonly en: string; readonly ar: string };
  const { gaps } = await ask<{ gaps: { nodes: { nodes: Name[] }[] } }>(
    request,
    '{ gaps(list: READY, kinds: [MISSING_TIE], first: 10) { nodes { nodes { en: name(language: "en") ar: name(language: "ar") } } } }',
  );
  const name = gaps.nodes.flatMap(({ nodes }) => nodes).find(({ en, ar }) => en !== ar)!;

  const titles = (page: Page) => page.getByRole("article").getByRole("heading", { level: 2 });
  const page = await open("/gaps?list=ready&gap=MISSING_TIE");
  await expect(titles(page).filter({ hasText: name.en }).first()).toBeVisible();
  await expect(titles(page).filter({ hasText: name.ar })).toHaveCount(0);

  const reader = await open("/gaps?list=ready&gap=MISSING_TIE", { language: "ar" });
  await expect(titles(reader).filter({ hasText: name.ar }).first()).toBeVisible();
  await expect(titles(reader).filter({ hasText: name.en })).toHaveCount(0);
});

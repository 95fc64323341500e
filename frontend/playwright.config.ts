import { defineConfig } from "@playwright/test";

const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--use-gl=angle",
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
];

/**
 * Journeys run in the system's Chromium against the built program, which e2e/setup.ts starts with the demo
 * network. One after the other: they change one network.
 */
export default defineConfig({
  testDir: "e2e",
  globalSetup: "./e2e/setup.ts",
  timeout: 120_000,
  expect: { timeout: 10_000 },
  forbidOnly: true,
  // What fails once and then passes is told as flaky, and is a fault to mend; it does not hold up what was built.
  retries: 1,
  workers: 1,
  reporter: [["list"]],
  use: {
    baseURL: process.env.WEFT_URL ?? "",
    contextOptions: { reducedMotion: "reduce" },
    launchOptions: { executablePath: "/usr/bin/chromium", args: flags },
  },
});

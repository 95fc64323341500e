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

/** Journeys run in the system's Chromium against WEFT_URL: a running server or `vite preview`. */
export default defineConfig({
  testDir: "e2e",
  timeout: 60_000,
  workers: 1,
  reporter: [["list"]],
  use: {
    baseURL: process.env.WEFT_URL ?? "http://127.0.0.1:8080",
    contextOptions: { reducedMotion: "reduce" },
    launchOptions: { executablePath: "/usr/bin/chromium", args: flags },
  },
});

import optimizeLocales from "@react-aria/optimize-locales-plugin";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const server = process.env.WEFT_SERVER ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [
    react(),
    // react-aria ships its own words in thirty languages; keep the ones Weft speaks.
    { ...optimizeLocales.vite({ locales: ["en-US", "ar-AE", "he-IL"] }), enforce: "pre" },
  ],
  build: {
    outDir: "dist",
    // A data: address would need a wider content security policy.
    assetsInlineLimit: 0,
    // Every browser Weft supports preloads modules; the polyfill is dead weight.
    modulePreload: { polyfill: false },
    // The first chunk is the application without the drawing engine, the forms and the other languages.
    chunkSizeWarningLimit: 600,
  },
  server: {
    host: "127.0.0.1",
    port: 5173,
    proxy: { "/graphql": { target: server, ws: true } },
  },
  test: {
    include: ["src/**/*.test.{ts,tsx}", "scripts/**/*.test.ts"],
    environment: "node",
  },
});

import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

const server = process.env.WEFT_SERVER ?? "http://127.0.0.1:8080";

/**
 * GraphiQL's style sheets carry the fonts it likes as data: addresses, for which the content security policy would have
 * to be wider. page.css names the system's fonts instead, so these would never be used.
 */
const withoutEmbeddedFonts: Plugin = {
  name: "without-embedded-fonts",
  enforce: "pre",
  transform: (code, id) =>
    /\/node_modules\/.*\.css$/.test(id)
      ? code.replace(/@font-face\s*\{[^}]*url\(["']?data:[^}]*\}/g, "")
      : null,
};

/**
 * The API page is a build of its own, into a folder of the explorer's: neither carries anything of the other, and each
 * may be opened without the other's scripts.
 */
export default defineConfig({
  root: import.meta.dirname,
  base: "/graphiql/",
  plugins: [withoutEmbeddedFonts, react()],
  worker: { format: "es" },
  build: {
    outDir: "../dist/graphiql",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Monaco, the editor, is one large chunk; only who opens this page fetches it.
    chunkSizeWarningLimit: 4000,
    rolldownOptions: {
      // GraphiQL's files tell React's compiler, which has done its work, to leave them alone.
      onwarn: (warning, warn) => {
        if (warning.code !== "MODULE_LEVEL_DIRECTIVE") warn(warning);
      },
    },
  },
  server: {
    host: "127.0.0.1",
    port: 5174,
    proxy: { "/graphql": { target: server, ws: true }, "/favicon.svg": server },
  },
});

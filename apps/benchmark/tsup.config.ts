import { defineConfig } from "tsup";
import { program } from "../../tsup.base.js";
import { bundledLicences } from "../../tsup.licences.js";

export default defineConfig([
  {
    // The other two are processes that the first one starts.
    ...program({ cli: "src/cli.ts", owner: "src/owner/main.ts", watchdog: "src/watchdog/main.ts" }),
    // The last one is at work there at the same time.
    clean: ["!page/**"],
  },
  {
    entry: { contender: "src/contender-interface.ts" },
    format: ["esm"],
    dts: { only: true },
    // The first one has done it.
    clean: false,
  },
  {
    // What the HTML report brings along: one script and one style sheet, for every current browser.
    entry: { main: "src/page/main.ts" },
    outDir: "dist/page",
    format: ["iife"],
    platform: "browser",
    target: "es2022",
    outExtension: () => ({ js: ".js" }),
    noExternal: [/./],
    minify: true,
    clean: true,
    esbuildPlugins: [bundledLicences("dist/page/THIRD-PARTY-LICENCES.txt")],
  },
]);

import { defineConfig } from "tsup";
import { program } from "../../tsup.base.js";

export default defineConfig([
  // The other two are processes that the first one starts.
  program({ cli: "src/cli.ts", owner: "src/owner/main.ts", watchdog: "src/watchdog/main.ts" }),
  {
    entry: { contender: "src/contender-interface.ts" },
    format: ["esm"],
    dts: { only: true },
    // The first one has done it.
    clean: false,
  },
]);

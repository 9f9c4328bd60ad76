import { defineConfig } from "tsup";
import { library } from "../../tsup.base.js";

const entries = { index: "src/index.ts", tart: "src/tart.ts" };

export default defineConfig([
  {
    ...library(entries),
    format: ["esm"],
    dts: { entry: { index: "src/index.ts" } },
    clean: ["dist/*", "!dist/guest"],
  },
  {
    // Runs in guests, which see this directory and no modules; the scripts beside it are the guest's too.
    ...library({ "guest-agent": "src/vm/guest-agent/main.ts" }),
    outDir: "dist/guest",
    publicDir: "guest",
    format: ["cjs"],
    noExternal: [/./],
    dts: false,
    sourcemap: false,
    clean: false,
  },
]);

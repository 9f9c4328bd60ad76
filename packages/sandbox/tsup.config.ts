import { defineConfig } from "tsup";
import { library } from "../../tsup.base.js";

export default defineConfig({
  ...library({ index: "src/index.ts", adapter: "src/adapter.ts" }),
  // The guardian runs as a program of its own, so it is a file beside the entries but not an export.
  entry: {
    index: "src/index.ts",
    adapter: "src/adapter.ts",
    "guardian-main": "src/internal/guardian-main.ts",
  },
  // Bundled, so that the published package has no runtime dependency. Imported lazily, it stays a chunk of its own.
  noExternal: ["tar"],
});

import { defineConfig } from "tsup";
import { library } from "../../tsup.base.js";
import { bundledLicences } from "../../tsup.licences.js";

export default defineConfig({
  ...library({ index: "src/index.ts", adapter: "src/adapter.ts" }),
  // The guardian runs as a program of its own, so it is a file beside the entries but not an export.
  entry: {
    index: "src/index.ts",
    adapter: "src/adapter.ts",
    "guardian-main": "src/internal/guardian-main.ts",
  },
  loader: { ".sh": "text" },
  // Bundled, so that the published package has no runtime dependency. Imported lazily, it stays a chunk of its own.
  noExternal: [/^tar(\/|$)/, "import-meta-resolve"],
  esbuildOptions(options) {
    // The usual entry is already bundled: nothing of it could be left out, nor its parts' licences be found.
    options.alias = { tar: "tar/raw" };
  },
  esbuildPlugins: [bundledLicences("dist/THIRD-PARTY-LICENCES.txt")],
});

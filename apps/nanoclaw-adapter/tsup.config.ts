import { chmodSync, renameSync, rmSync } from "node:fs";
import { defineConfig } from "tsup";
import { library } from "../../tsup.base.js";

export default defineConfig({
  ...library({
    index: "src/index.ts",
    driver: "src/driver.ts",
    cli: "src/cli.ts",
    "shim/docker": "src/shim/main.ts",
  }),
  format: ["esm"],
  shims: false,
  dts: { entry: { index: "src/index.ts", driver: "src/driver.ts" } },
  onSuccess: async () => {
    // NanoClaw calls the bare name, and the directory is put into PATH: nothing else may be in it.
    renameSync("dist/shim/docker.js", "dist/shim/docker");
    chmodSync("dist/shim/docker", 0o755);
    rmSync("dist/shim/docker.js.map");
  },
});

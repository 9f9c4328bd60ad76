import { defineConfig } from "tsup";
import { library } from "../../tsup.base.js";

export default defineConfig({
  ...library({ index: "src/index.ts", driver: "src/driver.ts", cli: "src/cli.ts" }),
  format: ["esm"],
  shims: false,
  dts: { entry: { index: "src/index.ts", driver: "src/driver.ts" } },
});

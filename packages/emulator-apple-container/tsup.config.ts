import { defineConfig } from "tsup";
import { library } from "../../tsup.base.js";

const entries = { index: "src/index.ts", container: "src/container.ts", service: "src/service.ts" };

export default defineConfig({
  ...library(entries),
  format: ["esm"],
  dts: { entry: { index: "src/index.ts" } },
});

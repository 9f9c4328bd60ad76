import { defineConfig } from "tsup";
import { library } from "../../tsup.base.js";

const entries = {
  index: "src/index.ts",
  cli: "src/cli.ts",
  "docker-global-setup": "src/docker-global-setup.ts",
  "podman-global-setup": "src/podman-global-setup.ts",
};

export default defineConfig({ ...library(entries), format: ["esm"] });

import { defineConfig, mergeConfig } from "vitest/config";
import base from "../../vitest.base.js";

export default mergeConfig(
  base,
  defineConfig({ test: { globalSetup: ["@nanoclaw/test-engines/docker-global-setup"] } }),
);

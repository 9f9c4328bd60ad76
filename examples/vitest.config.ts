import { defineConfig, mergeConfig } from "vitest/config";
import base from "../vitest.base.js";

export default mergeConfig(
  base,
  defineConfig({
    test: {
      include: ["test/**/*.test.ts", "*/*.test.ts", "*/test/**/*.test.ts"],
      exclude: ["dist/**", "node_modules/**"],
      globalSetup: ["@nanoclaw/test-engines/docker-global-setup"],
    },
  }),
);

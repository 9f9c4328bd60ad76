import { defineConfig, mergeConfig } from "vitest/config";
import base from "../vitest.base.js";

/** Of the example's conformance, what core does alike for every adapter takes a minute more. */
const whole = process.env.CHECKS === "all";

export default mergeConfig(
  base,
  defineConfig({
    test: {
      include: ["test/**/*.test.ts", "*/*.test.ts", "*/test/**/*.test.ts"],
      exclude: ["dist/**", "node_modules/**"],
      testNamePattern: whole ? undefined : /^(?!conformance of .* (G5|G6|G7|G9)\.)/,
      globalSetup: ["@nanoclaw/test-engines/docker-global-setup"],
    },
  }),
);

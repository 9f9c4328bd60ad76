import { defineConfig, mergeConfig } from "vitest/config";
import base from "../../vitest.base.js";

export default mergeConfig(
  base,
  defineConfig({
    // Most of it is waiting for limits to pass. Each file has a temporary directory of its own.
    test: { fileParallelism: true, maxWorkers: 4, setupFiles: ["test/own-directory.ts"] },
  }),
);

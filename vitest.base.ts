import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    passWithNoTests: true,
    // Real engines answer in seconds on a busy machine. Nothing is ever tried again: an unreliable test is a bug found.
    testTimeout: 30_000,
    hookTimeout: 120_000,
    retry: 0,
    // Tests of lifecycles measure and count processes; files that run beside each other would disturb them.
    fileParallelism: false,
  },
});

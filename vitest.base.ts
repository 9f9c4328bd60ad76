import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Where `npm test` wants each run counted. */
const tallies = process.env.TALLY_DIRECTORY;
const tallyReporter = fileURLToPath(new URL("./scripts/lib/tally-reporter.mjs", import.meta.url));

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    passWithNoTests: true,
    // Real engines answer in seconds on a busy machine. Nothing is ever tried again: an unreliable test is a bug found.
    testTimeout: 30_000,
    hookTimeout: 120_000,
    // Of vitest itself one second, in which a busy machine may start no process.
    expect: { poll: { timeout: 15_000 } },
    retry: 0,
    tags: [
      {
        name: "thorough",
        description: "Looks again, or at what an adapter does not use: only with CHECKS=all.",
        skip: process.env.CHECKS !== "all",
      },
    ],
    reporters: tallies ? ["default", [tallyReporter, { directory: tallies }]] : ["default"],
    // Tests of lifecycles measure and count processes; files that run beside each other would disturb them.
    fileParallelism: false,
  },
});

// Everything that is checked, from nothing but Node and npm: `npm test`.
//   --no-system-packages   install nothing outside this folder; what is missing is said, and its tests skip
import "./lib/node-version.mjs";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { installWorkspace } from "./lib/pnpm.mjs";
import { CommandFailed, root, run, say, step } from "./lib/run.mjs";
import { addUp } from "./lib/tally.mjs";
import { provideTestRequirements } from "./lib/test-requirements.mjs";

const started = performance.now();
const tallies = join(root, "node_modules/.cache/tallies");
const quiet = "--output-logs=errors-only";
const failed = [];

/** A step whose failure is told at the end, so that the ones after it still run. */
async function check(title, argv, { env, show = true } = {}) {
  try {
    await step(title, async () => {
      const output = await run(argv, { show, env });
      if (!show) say(output);
    });
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    say(`   ${title} failed: ${error.message}`);
    failed.push(title);
  }
}

rmSync(tallies, { recursive: true, force: true });
try {
  await step("Workspace", installWorkspace);
  await step("What the tests need of the system", provideTestRequirements);
  await step("Build", () => run(["pnpm", "build", quiet], { show: true }));
  await check("Types", ["pnpm", "typecheck", quiet]);
  await check("Format and lint", ["pnpm", "lint"]);
  await check("Dead code", ["pnpm", "knip"]);
  // Within a package one file after the other, as tests count processes; packages keep apart what they make.
  await check("Tests", ["pnpm", "test:packages", "--continue"], { env: { TALLY_DIRECTORY: tallies } });
  // Both wait for installations most of the time. One is shown while it runs, the other at its end.
  await Promise.all([
    check("Packages", ["pnpm", "check:packages"]),
    check("Release rehearsal", ["pnpm", "rehearse:release"], { show: false }),
  ]);
} catch (error) {
  say(`\n${error instanceof CommandFailed ? error.message : error.stack}`);
  failed.push("the run, which stopped early");
}

const total = addUp(tallies);
if (total.passed === 0) failed.push("the run, in which no test passed");
if (total.skipped > 0) say("\nSkipped, and why:");
for (const [reason, count] of total.reasons) say(`  ${count} × ${reason}`);
say("\nSeconds for the tests of:");
for (const [name, seconds] of total.seconds) say(`  ${seconds} ${name}`);
if (total.failures.length > 0) say("\nFailed tests:");
for (const failure of total.failures) say(`  ${failure}`);
say(`\nTook ${((performance.now() - started) / 60_000).toFixed(1)} minutes`);
if (failed.length > 0) say(`Failed: ${failed.join(", ")}`);
// A failed step counts as one, unless it failed by tests that are counted already.
const failures = total.failed + failed.filter((title) => title !== "Tests" || total.failed === 0).length;
say(`${total.passed} passed, ${failures} failed, ${total.skipped} skipped`);
process.exitCode = failures > 0 ? 1 : 0;

// From an empty clone to the first figures: `npm run quickstart`.
import "./lib/node-version.mjs";
import { findEngines } from "./lib/engines.mjs";
import { installWorkspace } from "./lib/pnpm.mjs";
import { run, say, step } from "./lib/run.mjs";
import { installCommand, installSystemPackages, packageManager, rootPrefix } from "./lib/system-packages.mjs";

try {
  await step("Install", installWorkspace);
  await step("Build", () => run(["pnpm", "build"]));
  const engines = await step("Engines on this machine", async () => {
    const found = await lookForEngines();
    return found.length > 0 || !(await provideBubblewrap()) ? found : lookForEngines();
  });
  if (engines.length === 0) throw new Error("There is no engine to measure.");
  await step("A short benchmark", () =>
    run(["node", "apps/benchmark/dist/cli.js", "run", "--short"], { show: true }),
  );
  sayWhatNext(engines);
} catch (error) {
  say(`\n${error.message}`);
  process.exitCode = 1;
}

async function lookForEngines() {
  const engines = await findEngines();
  for (const { name, available, version, endpoint, problems } of engines) {
    if (available) say(`   ${name}: ${[version, endpoint].filter(Boolean).join(", ")}`);
    for (const { message, hint } of available ? [] : problems) {
      // What follows the first sentence may be every place where it was looked for; `sandbox doctor` shows it.
      say(`   ${name}: ${[message.split(/(?<=\.)\s/)[0], hint].filter(Boolean).join(" ")}`);
    }
  }
  return engines.filter(({ available }) => available);
}

/** Whether it was installed. Where it may not be, says the one command that does it. */
async function provideBubblewrap() {
  if (process.platform !== "linux") {
    say("   Install Docker Desktop, OrbStack, Colima or Podman, then run this again.");
    return false;
  }
  const manager = packageManager();
  if (!manager) {
    say("   Install bubblewrap (the program is called bwrap), then run this again.");
    return false;
  }
  const prefix = await rootPrefix();
  if (!prefix) {
    say(`   To have one: ${installCommand(manager, ["bubblewrap"])}`);
    return false;
  }
  await installSystemPackages(manager, prefix, ["bubblewrap"]);
  return true;
}

function sayWhatNext(engines) {
  const engine = engines[0].name;
  say(`
What this measured, on this machine, a few samples each: the time from nothing to the first output of a
command in a fresh sandbox, the next command in it, and its removal, beside what the engine does by its own means.
Figures of so few samples are a first impression; the full run takes minutes.

Try next:
  node packages/sandbox-cli/dist/cli.js run --engine ${engine} -- sh -c 'echo hello from $(uname -s)'
  node packages/sandbox-cli/dist/cli.js doctor
  node apps/benchmark/dist/cli.js run
  npm test`);
}

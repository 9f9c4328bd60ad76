// @ts-check
// Owns a sandbox, for tests that kill it. The argument is the options of tart() as JSON. It says what it does, one word a line.
import { createSandbox } from "@nanoclaw/sandbox";
import { tart } from "@nanoclaw/sandbox-tart";

/** @param {string} word */
const say = (word) => process.stdout.write(`${word}\n`);

say("begins");
const sandbox = await createSandbox(tart(JSON.parse(process.argv[2] ?? "")));
sandbox.spawn("sleep 1000").then(
  (child) => child.wait().catch(() => undefined),
  () => undefined,
);
say("running");
await new Promise((resolve) => process.stdin.once("data", resolve));
say("destroys");
await sandbox.destroy();
say("done");

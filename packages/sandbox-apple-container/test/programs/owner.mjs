// @ts-check
// Owns a sandbox, for tests that kill it. The argument is the options of appleContainer() as JSON. It says what it
// does, one word a line.
import { createSandbox } from "@nanoclaw/sandbox";
import { appleContainer } from "@nanoclaw/sandbox-apple-container";

/** @param {string} word */
const say = (word) => process.stdout.write(`${word}\n`);

say("begins");
const sandbox = await createSandbox(appleContainer(JSON.parse(process.argv[2] ?? "")));
sandbox.spawn("setsid sleep 1000 & exec sleep 1000").then(
  (child) => child.wait().catch(() => undefined),
  () => undefined,
);
await sandbox.exec("true");
say("running");
await new Promise((resolve) => process.stdin.once("data", resolve));
say("destroys");
await sandbox.destroy();
say("done");

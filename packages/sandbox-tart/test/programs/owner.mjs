// @ts-check
// Owns sandboxes, for tests that kill it. The arguments are the options of tart() as JSON, and how many. It says what it
// does, one word a line.
import { createSandbox } from "@nanoclaw/sandbox";
import { tart } from "@nanoclaw/sandbox-tart";

/** @param {string} word */
const say = (word) => process.stdout.write(`${word}\n`);

const [, , options = "", count = "1"] = process.argv;
say("begins");
const provider = tart(JSON.parse(options));
const sandboxes = await Promise.all(Array.from({ length: Number(count) }, () => createSandbox(provider)));
for (const sandbox of sandboxes) {
  sandbox.spawn("sleep 1000").then(
    (child) => child.wait().catch(() => undefined),
    () => undefined,
  );
}
say("running");
await new Promise((resolve) => process.stdin.once("data", resolve));
say("destroys");
await Promise.all(sandboxes.map((sandbox) => sandbox.destroy()));
say("done");

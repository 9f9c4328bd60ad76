// @ts-check
// A program that owns sandboxes, for checks to talk to and to kill. The first argument tells, as JSON, the
// module, factory and options of the provider. Requests and answers are JSON, one a line.
import { createInterface } from "node:readline";
import { attachSandbox, createSandbox } from "@nanoclaw/sandbox";

/** @type {{ module: string, factory: string, options: unknown }} */
const { module, factory, options } = JSON.parse(process.argv[2] ?? "");
/** @type {import("@nanoclaw/sandbox").SandboxProvider} */
const provider = await (await import(module))[factory](options);

/** @type {Map<string, import("@nanoclaw/sandbox").Sandbox>} */
const sandboxes = new Map();

/** @param {string} id */
function sandboxOf(id) {
  const sandbox = sandboxes.get(id);
  if (!sandbox) throw new Error(`This process has no sandbox ${id}.`);
  return sandbox;
}

/** @type {Record<string, (request: any) => Promise<object>>} */
const actions = {
  async create({ options, count = 1 }) {
    const made = await Promise.all(Array.from({ length: count }, () => createSandbox(provider, options)));
    for (const sandbox of made) sandboxes.set(sandbox.id, sandbox);
    return { ids: made.map((sandbox) => sandbox.id) };
  },
  async attach({ id }) {
    const sandbox = await attachSandbox(provider, id);
    sandboxes.set(sandbox.id, sandbox);
    return { id: sandbox.id };
  },
  async exec({ id, command }) {
    const { exitCode, stdout } = await sandboxOf(id).exec(command);
    return { exitCode, stdout };
  },
  async start({ id, command }) {
    const child = await sandboxOf(id).spawn(command);
    child.wait().catch(() => undefined);
    return {};
  },
  async keep({ id, ttlMs }) {
    await sandboxOf(id).keep({ ttlMs });
    return {};
  },
  async detach({ id }) {
    await sandboxOf(id).detach();
    return {};
  },
  async destroy({ id }) {
    await sandboxOf(id).destroy();
    return {};
  },
  async exit() {
    process.exit(0);
  },
};

/** @param {object} answer */
function say(answer) {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

createInterface({ input: process.stdin }).on("line", (line) => {
  const { request, what, ...details } = JSON.parse(line);
  const act = actions[what];
  if (!act) return say({ request, error: `unknown request ${what}` });
  act(details).then(
    (answer) => say({ request, ...answer }),
    (error) => say({ request, error: String(error) }),
  );
});
// With its end of the pipe the asking process is gone, and nobody is left to end this one.
process.stdin.on("end", () => process.exit(0));
say({ request: 0 });

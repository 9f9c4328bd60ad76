// @ts-check
// A NanoClaw 2.4 in small, for tests that kill it: sessions are directories with two databases, agents run by the driver
// of its registry, and what was running when it starts is adopted or ended. It takes the path of a JSON file and says
// what it does, a line each.
import { execFile } from "node:child_process";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { installationAt } from "@nanoclaw/sandbox-nanoclaw";
import { mixedDriver } from "@nanoclaw/sandbox-nanoclaw/driver";

const run = promisify(execFile);
/** @param {string} word */
const say = (word) => process.stdout.write(`${word}\n`);

const { root, slug, engines, policy, groups } = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8"));

/** @type {Map<string, (policy: any) => import("@nanoclaw/sandbox-nanoclaw/driver").SessionDriver>} */
const registry = new Map();
registry.set("mixed", mixedDriver({ host: host(), runtimes: Object.keys(engines) }));

const kind = process.env.NANOCLAW_RUNTIME_DRIVER ?? "docker";
const factory = registry.get(kind);
if (!factory) throw new Error(`No driver is registered for ${kind}.`);
const driver = factory(policy);
/** @type {Map<string, import("@nanoclaw/sandbox-nanoclaw/driver").SessionHandle>} */
const live = new Map();

driver.watchSessions(slug, async ({ key, kind }) => {
  const handle = live.get(key.sessionId);
  if (kind !== "terminal" || !handle) return;
  // An event is a hint: the handle tells the truth.
  const { phase } = await handle.status();
  if (phase !== "stopped" && phase !== "failed") return;
  say(`ended ${key.sessionId}`);
  if (live.get(key.sessionId) === handle) live.delete(key.sessionId);
});

await driver.ensureReady?.();
for (const { handle, phase } of await driver.listSessions(slug)) {
  const { sessionId } = handle.key;
  if (phase === "running") {
    live.set(sessionId, handle);
    say(`adopted ${sessionId}`);
  } else {
    await handle.stop("orphan-at-startup");
    say(`orphan ${sessionId}`);
  }
}
await driver.reapResidue?.(slug);
say("ready");

await Promise.all(groups.map(converse));
await Promise.all([...live.values()].map((handle) => handle.stop("host-shutdown")));
say("done");

/** @param {any} group */
async function converse({ spec, messages }) {
  const { hostPath } = spec.containers[0].mounts[0];
  const inbound = join(hostPath, "inbound.db");
  const outbound = join(hostPath, "outbound.db");
  if (!existsSync(inbound)) {
    await sql(
      inbound,
      "CREATE TABLE messages_in(id INTEGER PRIMARY KEY, content TEXT); CREATE TABLE delivered(id)",
    );
    const out = "CREATE TABLE messages_out(id INTEGER PRIMARY KEY, in_reply_to INTEGER, content TEXT)";
    await sql(outbound, `${out}; CREATE TABLE processing_ack(message_id INTEGER PRIMARY KEY)`);
  }
  for (const [index, content] of messages.entries()) {
    const id = 2 * (index + 1);
    await sql(inbound, `INSERT OR IGNORE INTO messages_in VALUES (${id}, ${literal(content)})`);
    while (!(await deliver(spec.key.sessionId, inbound, outbound, id))) {
      await wake(spec);
      await delay(20);
    }
  }
}

/** @param {any} spec */
async function wake(spec) {
  if (live.has(spec.key.sessionId)) return;
  const handle = await driver.prepare(spec);
  live.set(spec.key.sessionId, handle);
  await handle.start();
  say(`woke ${spec.key.sessionId}`);
}

/**
 * @param {string} session @param {string} inbound @param {string} outbound @param {number} id
 * @returns Whether the message has its answer in the chat.
 */
async function deliver(session, inbound, outbound, id) {
  const answers = await rows(outbound, "SELECT id, in_reply_to, content FROM messages_out ORDER BY id");
  const before = new Set((await rows(inbound, "SELECT id FROM delivered")).map((row) => row.id));
  for (const answer of answers.filter((each) => !before.has(each.id))) {
    await sql(inbound, `INSERT INTO delivered VALUES (${answer.id})`);
    appendFileSync(join(root, `chat-${session}`), `${JSON.stringify(answer.content)}\n`);
  }
  return answers.some((answer) => answer.in_reply_to === id);
}

/** @param {string} file @param {string} statements */
async function sql(file, statements) {
  await run("sqlite3", ["-batch", "-bail", "-cmd", ".timeout 5000", file, statements]);
}

/** @param {string} file @param {string} query @returns {Promise<any[]>} */
async function rows(file, query) {
  const { stdout } = await run("sqlite3", ["-readonly", "-json", "-cmd", ".timeout 5000", file, query]);
  return stdout.trim() === "" ? [] : JSON.parse(stdout);
}

/** @param {string} text */
function literal(text) {
  return `'${text.replaceAll("'", "''")}'`;
}

/** What the other parts of the adapter decide and count, by the test's word. @returns {any} */
function host() {
  const installation = installationAt({ root, stateDirectory: join(root, "state") });
  const providers = new Map();
  return {
    installation,
    router: {
      /** @param {{folder: string}} group */
      decide: async ({ folder }) => ({
        folder,
        runtime: groups.find((/** @type {any} */ each) => each.folder === folder).runtime,
        fallback: [],
        sensitive: false,
        agent: "claude",
        network: "open",
        limits: {},
        timeouts: { bootMs: 60_000, runMs: 600_000, idleMs: 600_000 },
        keep: { on: "never", ttlMs: 0 },
        queueMs: 10_000,
        layers: [],
        attempts: [],
      }),
      /** @param {any} decision */
      choose: async (decision) => ({ decision, runtime: decision.runtime, unavailable: [] }),
      /** @param {string} runtime */
      provider: async (runtime) => {
        const { adapter, factory, options } = engines[runtime];
        if (!providers.has(runtime)) providers.set(runtime, (await import(adapter))[factory](options));
        return providers.get(runtime);
      },
    },
    capacity: {
      admit: async () => ({
        queuedMs: 0,
        end: async () => undefined,
        [Symbol.asyncDispose]: async () => undefined,
      }),
    },
  };
}

import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  listSandboxes,
  type Owner,
  removeSandbox,
  type SandboxProvider,
  type SandboxRecord,
} from "@nanoclaw/sandbox";
import { appleContainer } from "@nanoclaw/sandbox-apple-container";
import { docker } from "@nanoclaw/sandbox-docker";
import { startOwnerProcess } from "@nanoclaw/test-engines";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  mixedDriver,
  type Runtime,
  type SessionDriver,
  type SessionEvent,
  type SessionSpec,
} from "../src/driver.js";
import { type TestEngine, testEngines } from "./driver-engines.js";
import { makeInstallation, type TestInstallation } from "./driver-installation.js";

/** Sessions that this program did not make, and those that it loses. */

const stateHome = mkdtempSync(join(tmpdir(), "driver-state-"));
process.env.XDG_STATE_HOME = stateHome;
const program = fileURLToPath(new URL("./driver-host/host.mjs", import.meta.url));

let engine: TestEngine;
let nanoclaw: TestInstallation;
let driver: SessionDriver;
let events: SessionEvent[];

beforeAll(async () => {
  engine = await testEngines.local.start();
});
beforeEach(() => {
  nanoclaw = makeInstallation();
  driver = driverFor([engine], ["local"]);
  events = [];
  driver.watchSessions(nanoclaw.installation.slug, (event) => events.push(event));
});
afterEach(async () => {
  expect(await engine.leftovers()).toEqual([]);
  await nanoclaw[Symbol.asyncDispose]();
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  rmSync(stateHome, { recursive: true });
});

function driverFor(engines: readonly TestEngine[], runtimes: readonly Runtime[]): SessionDriver {
  return mixedDriver({ host: nanoclaw.host(engines), runtimes })(nanoclaw.policy);
}

/** A program of NanoClaw's beside the host, such as `ncl`, sees the host's sessions. */
test("another program's session is found by its labels, is the one for its key, and ends for whoever stops it", async () => {
  const { installation, policy } = nanoclaw;
  const spec = nanoclaw.spec({ session: "s7" });
  const config = {
    root: installation.root,
    slug: installation.slug,
    policy,
    engines: {
      local: { adapter: "@nanoclaw/sandbox-local", factory: "local", options: engine.options },
    },
    groups: [{ folder: "family", runtime: "local", spec, messages: ["never answered"] }],
  };
  const file = join(installation.root, "config.json");
  writeFileSync(file, JSON.stringify(config));
  await using host = startOwnerProcess(program, { args: [file], env: { NANOCLAW_RUNTIME_DRIVER: "mixed" } });
  await host.line("woke s7");

  const [found, ...others] = await driver.listSessions(installation.slug);
  expect(others).toEqual([]);
  expect(found).toMatchObject({ phase: "running", handle: { key: spec.key } });
  expect(await driver.listSessions("another")).toEqual([]);
  await driver.reapResidue?.(installation.slug);
  expect(await found?.handle.status()).toEqual({ phase: "running" });

  const same = await driver.prepare(spec);
  expect(same.name).toBe(found?.handle.name);
  await same.start();
  expect(await listSandboxes(engine.provider)).toHaveLength(1);
  const { bin, argsPlain } = same.execSpec(["echo", "inside"]);
  expect(execFileSync(bin, argsPlain, { encoding: "utf8" })).toBe("inside\n");

  await host.kill();
  // Its leash ends it, and whoever found it is told in the end.
  await expect.poll(() => events, { timeout: 20_000 }).toContainEqual({ key: spec.key, kind: "terminal" });
  expect(await same.status()).toEqual({ phase: "stopped" });
  await same.stop("twice is fine");
});

test("R4: what dead programs have left is told as ended and removed, of this installation alone", async () => {
  // An engine on which the leashes of a dead program's sandboxes have failed.
  const handle = await driver.prepare(nanoclaw.spec());
  const [real] = await listSandboxes(engine.provider);
  if (real === undefined) throw new Error("There is a sandbox.");
  await handle.stop("its record is enough");
  const { slug } = nanoclaw.installation;
  const dead = { ...real.owner, pid: 2 ** 22 + 1 };
  const record = (id: string, labels: Record<string, string>, owner: Owner): SandboxRecord => ({
    ...{ id, owner, labels: { ...real.labels, ...labels }, state: "running", createdAt: 0 },
  });
  const records = new Map(
    [
      record("left", {}, dead),
      record("left-of-a-run", { "nanoclaw-session": "", "nanoclaw-role": "" }, dead),
      record("at-work", { "nanoclaw-session": "s2" }, real.owner),
      record("of-another", { "nanoclaw-install": "another" }, dead),
    ].map((each) => [each.id, each] as const),
  );
  const provider = {
    name: "leaky",
    capabilities: engine.provider.capabilities,
    probe: async () => ({ available: true, problems: [], details: {} }),
    create: () => Promise.reject(new Error("Nothing is created.")),
    list: async () => [...records.values()],
    remove: async (id: string) => void records.delete(id),
  };
  const leaky = driverFor([{ ...engine, provider }], ["local"]);
  const phases = async () =>
    (await leaky.listSessions(slug)).map(({ handle: { key }, phase }) => [key.sessionId, phase]);
  expect(await phases()).toEqual([
    ["s1", "terminal"],
    ["s2", "running"],
  ]);
  await leaky.reapResidue?.(slug);
  expect([...records.keys()]).toEqual(["at-work", "of-another"]);
  expect(await phases()).toEqual([["s2", "running"]]);
});

test("what another part has kept on purpose is no residue, and no session", async () => {
  const { slug } = nanoclaw.installation;
  const create = { labels: { "nanoclaw-install": slug }, lifetime: { ttlMs: 60_000 } };
  const keeper = `
    import { createSandbox } from "@nanoclaw/sandbox";
    import { local } from "@nanoclaw/sandbox-local";
    const { id } = await createSandbox(local(${JSON.stringify(engine.options)}), ${JSON.stringify(create)});
    process.stdout.write(id, () => process.exit());`;
  // A program that has ended since.
  const id = execFileSync(process.execPath, ["--input-type=module", "--eval", keeper], { encoding: "utf8" });
  await driver.reapResidue?.(slug);
  expect(await driver.listSessions(slug)).toEqual([]);
  expect(await listSandboxes(engine.provider)).toMatchObject([{ id, kept: true, ownerAlive: false }]);
  await removeSandbox(engine.provider, id);
});

test("a session whose sandbox is taken away is told as lost, before its start and after it", async () => {
  const terminal = () => events.filter(({ kind }) => kind === "terminal").map(({ key }) => key.sessionId);
  const [prepared, running] = await Promise.all(
    ["s1", "s2"].map((session) => driver.prepare(nanoclaw.spec({ session }))),
  );
  await running?.start();
  for (const { id, owner } of await listSandboxes(engine.provider)) {
    const context = { signal: AbortSignal.timeout(10_000), emit: () => undefined };
    await engine.provider.remove(id, owner.installation, context);
  }
  await expect.poll(() => terminal().sort(), { timeout: 10_000 }).toEqual(["s1", "s2"]);
  for (const handle of [prepared, running]) {
    const failure = { kind: "started-then-died", retryable: false };
    expect(await handle?.status()).toMatchObject({ phase: "failed", failure });
    await handle?.stop("after its end");
  }
});

test("an agent that will not end is given its grace, and no more; who wakes it meanwhile gets a new session", async () => {
  const script = "trap '' TERM; : >/workspace/up; while :; do sleep 0.05; done";
  const change = (spec: SessionSpec) => void Object.assign(spec, { stopGraceSeconds: 0.3 });
  const spec = nanoclaw.spec({ script, change });
  const handle = await driver.prepare(spec);
  await handle.start();
  const up = join(nanoclaw.installation.root, "data/v2-sessions/g1/s1/up");
  await expect.poll(() => existsSync(up)).toBe(true);
  const stopping = handle.stop("test");
  const next = await driver.prepare(spec);
  // One writer at a time.
  expect(await handle.status()).toEqual({ phase: "stopped" });
  expect(await listSandboxes(engine.provider)).toHaveLength(1);
  expect(next).not.toBe(handle);
  expect(await next.status()).toEqual({ phase: "ready" });
  await stopping;
  await next.stop("test");
});

test("F13: how an agent ended is told as it was: by itself, with a code, by a signal, or never begun", async () => {
  const died = (exitCode: number) => ({
    phase: "failed",
    failure: { kind: "started-then-died", retryable: false, exitCode },
  });
  const ends = {
    "exit 0": { phase: "stopped" },
    "exit 3": died(3),
    "kill -TERM $$": died(143),
    "exec /there/is/no/runner": died(127),
  };
  for (const [script, status] of Object.entries(ends)) {
    const handle = await driver.prepare(nanoclaw.spec({ script }));
    await handle.start();
    await expect.poll(() => handle.status(), { timeout: 10_000, interval: 10 }).toEqual(status);
  }
});

test("a session that has ended holds no place: it is given back on every way out", async () => {
  let taken = 0;
  const host = nanoclaw.host([engine]);
  const admit = async () => {
    taken++;
    let given = false;
    return {
      queuedMs: 0,
      end: async () => undefined,
      async [Symbol.asyncDispose]() {
        if (!given) taken--;
        given = true;
      },
    };
  };
  const counted = mixedDriver({ host: { ...host, capacity: { admit } }, runtimes: ["local"] })(
    nanoclaw.policy,
  );
  const ends = await counted.prepare(nanoclaw.spec({ session: "s1", script: "exit 0" }));
  const stopped = await counted.prepare(nanoclaw.spec({ session: "s2" }));
  expect(taken).toBe(2);
  await ends.start();
  await expect.poll(() => ends.status()).toEqual({ phase: "stopped" });
  await stopped.stop("test");
  const change = (spec: SessionSpec) => {
    spec.containers[0]?.mounts.push(
      ...spec.containers[0].mounts
        .slice(-1)
        .map((mount) => ({ ...mount, containerPath: "/etc/passwd/below" })),
    );
  };
  await expect(counted.prepare(nanoclaw.spec({ session: "s3", change }))).rejects.toMatchObject({
    retryable: false,
  });
  expect(taken).toBe(0);
});

describe("an engine that is not there", () => {
  const gone = (provider: SandboxProvider): TestEngine => ({ ...engine, runtime: "docker", provider });
  const away = () => gone(docker({ host: "unix:///run/there-is-no-engine.sock" }));

  test("is told as something that may come back, and never replaced by a weaker one", async () => {
    const both = driverFor([away(), engine], ["docker", "local"]);
    const spec = nanoclaw.spec();
    await expect(both.prepare(spec)).rejects.toMatchObject({ kind: "runtime-unavailable", retryable: true });
    expect(await listSandboxes(engine.provider)).toEqual([]);
    await expect(both.ensureReady?.()).resolves.toBeUndefined();
    await expect(driverFor([away()], ["docker"]).ensureReady?.()).rejects.toMatchObject({
      kind: "runtime-unavailable",
    });
  });

  test("hides no session of the others, and where none answers nothing is said to be there", async () => {
    const both = driverFor([away(), engine], ["docker", "local"]);
    const other = driverFor([engine], ["local"]);
    const handle = await other.prepare(nanoclaw.spec());
    const { slug } = nanoclaw.installation;
    expect((await both.listSessions(slug)).map(({ handle: { key } }) => key.sessionId)).toEqual(["s1"]);
    await expect(driverFor([away()], ["docker"]).listSessions(slug)).rejects.toMatchObject({
      kind: "runtime-unavailable",
    });
    await handle.stop("test");
  });
});

describe("Apple's container", () => {
  const { reason, start } = testEngines.container;
  test("refuses what its guest may not mount, and makes nothing", async ({ skip }) => {
    skip(reason !== undefined, reason);
    await using full = await start();
    const { capAdd: _, ...options } = full.options;
    const plain = { ...full, provider: appleContainer(options) };
    const spec = nanoclaw.spec();
    await expect(driverFor([plain], ["container"]).prepare(spec)).rejects.toMatchObject({
      kind: "spec-invalid",
      detail: expect.stringContaining("SYS_ADMIN"),
    });
    expect(await full.leftovers()).toEqual([]);
  });
});

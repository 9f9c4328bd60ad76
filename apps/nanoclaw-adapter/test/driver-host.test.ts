import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { listSandboxes } from "@nanoclaw/sandbox";
import { type OwnerProcess, startOwnerProcess } from "@nanoclaw/test-engines";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { adapterOf, type Runtime } from "../src/runtime.js";
import { type TestEngine, testEngines } from "./driver-engines.js";
import { copySqlite, makeInstallation, type TestInstallation } from "./driver-installation.js";

/** A host in a process of its own, which runs the built driver. */

const program = fileURLToPath(new URL("./driver-host/host.mjs", import.meta.url));
const agent = fileURLToPath(new URL("./driver-host/agent.sh", import.meta.url));
/** For each group. The promise is the same for a hundred, which take a minute. */
const turns = Number(process.env.NANOCLAW_TEST_TURNS ?? 4);
const stateHome = mkdtempSync(join(tmpdir(), "driver-state-"));
const tools = mkdtempSync(join(tmpdir(), "driver-tools-"));
process.env.XDG_STATE_HOME = stateHome;
const factoryOf = { docker: "docker", local: "local", tart: "tart", container: "appleContainer" } as const;

beforeAll(() => copySqlite(tools));
afterAll(() => {
  for (const directory of [stateHome, tools]) rmSync(directory, { recursive: true });
});

interface Group {
  readonly folder: string;
  readonly runtime: Runtime;
  readonly messages: readonly string[];
}

/** One NanoClaw: its checkout, and its host as often as it is started. */
class NanoClaw implements AsyncDisposable {
  readonly #installation: TestInstallation = makeInstallation();
  readonly #engines: readonly TestEngine[];

  constructor(engines: readonly TestEngine[]) {
    this.#engines = engines;
    copyFileSync(agent, join(this.root, "container/agent-runner/src/agent.sh"));
  }

  get root(): string {
    return this.#installation.installation.root;
  }

  get slug(): string {
    return this.#installation.installation.slug;
  }

  start(groups: readonly Group[]): OwnerProcess {
    const { policy } = this.#installation;
    const engines = this.#engines.map(({ runtime, options }) => [
      runtime,
      { adapter: `@nanoclaw/sandbox-${adapterOf[runtime]}`, factory: factoryOf[runtime], options },
    ]);
    const config = {
      root: this.root,
      slug: this.slug,
      policy,
      engines: Object.fromEntries(engines),
      groups: groups.map((group) => ({ ...group, spec: this.#spec(group) })),
    };
    const file = join(this.root, "config.json");
    writeFileSync(file, JSON.stringify(config));
    return startOwnerProcess(program, { args: [file], env: { NANOCLAW_RUNTIME_DRIVER: "mixed" } });
  }

  session(folder: string, file: string): string {
    return join(this.root, "data/v2-sessions", `group-${folder}`, `session-${folder}`, file);
  }

  /** What reached the group's chat, in order. */
  chat(folder: string): string[] {
    const lines = readFileSync(join(this.root, `chat-session-${folder}`), "utf8")
      .trim()
      .split("\n");
    return lines.map((line) => JSON.parse(line) as string);
  }

  async sandboxes(): Promise<string[]> {
    const all = await Promise.all(this.#engines.map(({ provider }) => listSandboxes(provider)));
    return all.flat().flatMap(({ id, labels }) => (labels["nanoclaw-install"] === this.slug ? [id] : []));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#installation[Symbol.asyncDispose]();
  }

  #spec({ folder }: Group) {
    return this.#installation.spec({
      folder,
      group: `group-${folder}`,
      session: `session-${folder}`,
      script: "exec sh /app/src/agent.sh",
      change: (spec) => {
        spec.containers[0]?.mounts.push({
          class: "allowlisted-extra",
          hostPath: tools,
          containerPath: "/opt/tools",
          mode: "ro",
          groupScope: `group-${folder}`,
        });
      },
    });
  }
}

describe("a host with groups on different engines", () => {
  const kinds = ["docker", "local", "tart", "container"] as const;
  const reason = kinds.map((kind) => testEngines[kind].reason).find((each) => each !== undefined);
  let engines: TestEngine[] = [];

  beforeAll(async () => {
    if (reason === undefined) engines = await Promise.all(kinds.map((kind) => testEngines[kind].start()));
  });
  beforeEach(({ skip }) => skip(reason !== undefined, reason));
  afterEach(async () => {
    for (const engine of engines) expect(await engine.leftovers()).toEqual([]);
  });
  afterAll(async () => {
    for (const engine of engines) await engine[Symbol.asyncDispose]();
  });

  test(
    "F1: every answer is delivered once and in order, on all of them at the same time, and nothing is left",
    async () => {
      await using nanoclaw = new NanoClaw(engines);
      const messages = Array.from({ length: turns }, (_, turn) => `it's turn ${turn} $(touch /tmp/x) "\`;`);
      const groups = kinds.map((runtime) => ({ folder: `on-${runtime}`, runtime, messages }));
      await using host = nanoclaw.start(groups);
      await host.line(/^done$/, 20_000 + turns * 4_000);
      for (const { folder } of groups) {
        expect(nanoclaw.chat(folder)).toEqual(messages.map((message) => `answer to ${message}`));
        expect(existsSync(nanoclaw.session(folder, ".heartbeat"))).toBe(true);
        expect(
          host
            .output()
            .split("\n")
            .filter((line) => line === `woke session-${folder}`),
        ).toHaveLength(1);
      }
      expect(await host.ended).toEqual({ exitCode: 0, signal: null });
    },
    60_000 + turns * 4_000,
  );

  test("R4: a killed host's sessions are gone, another's are untouched, and after a restart each answer comes once", {
    tags: ["thorough"],
    timeout: 60_000,
  }, async () => {
    await using nanoclaw = new NanoClaw(engines);
    await using other = new NanoClaw(engines);
    const groups = kinds.map((runtime) => ({ folder: `on-${runtime}`, runtime, messages: ["one", "two"] }));
    const [first] = groups;
    if (first === undefined) throw new Error("There are groups.");
    const held = (at: NanoClaw, folder: string) => at.session(folder, "hold");
    await using otherHost = startHeld(other, [first]);
    await using host = startHeld(nanoclaw, groups);
    await Promise.all([atWork(other, [first]), atWork(nanoclaw, groups)]);
    const others = await other.sandboxes();
    expect(others).toHaveLength(1);

    await host.kill();
    await using again = nanoclaw.start(groups);
    await again.line("ready");
    expect(again.output()).not.toContain("adopted");
    expect(await other.sandboxes()).toEqual(others);
    for (const { folder } of groups) rmSync(held(nanoclaw, folder));
    await again.line(/^done$/);
    for (const { folder } of groups)
      expect(nanoclaw.chat(folder)).toEqual(["answer to one", "answer to two"]);
    expect(await nanoclaw.sandboxes()).toEqual([]);

    expect(await other.sandboxes()).toEqual(others);
    rmSync(held(other, first.folder));
    await otherHost.line(/^done$/);
    expect(other.chat(first.folder)).toEqual(["answer to one", "answer to two"]);
  });

  /** Starts a host whose agents stay at their first message. */
  function startHeld(nanoclaw: NanoClaw, groups: readonly Group[]): OwnerProcess {
    const host = nanoclaw.start(groups);
    for (const { folder } of groups) writeFileSync(nanoclaw.session(folder, "hold"), "");
    return host;
  }

  async function atWork(nanoclaw: NanoClaw, groups: readonly Group[]): Promise<void> {
    for (const { folder } of groups) {
      await expect
        .poll(() => existsSync(nanoclaw.session(folder, "working")), { timeout: 30_000 })
        .toBe(true);
    }
  }
});

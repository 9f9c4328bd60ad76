import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { listSandboxes } from "@nanoclaw/sandbox";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { engineAbilities } from "../src/driver/abilities.js";
import {
  mixedDriver,
  type SessionDriver,
  type SessionEvent,
  type SessionHandle,
  type SessionSpec,
} from "../src/driver.js";
import { type Runtime, runtimes } from "../src/runtime.js";
import { type TestEngine, testEngines } from "./driver-engines.js";
import { makeInstallation, type SpecDetails, type TestInstallation } from "./driver-installation.js";

const run = promisify(execFile);
// The installation of these tests' sandboxes is their own.
const stateHome = mkdtempSync(join(tmpdir(), "driver-state-"));
process.env.XDG_STATE_HOME = stateHome;
afterAll(() => rmSync(stateHome, { recursive: true }));

/** The same for all, as far as they can: the ones that cost the least, and with `CHECKS=all` every one. */
const tried: readonly Runtime[] = process.env.CHECKS === "all" ? runtimes : ["docker", "local"];

describe.each(tried)("the driver's contract on %s", (runtime) => {
  const { reason, start } = testEngines[runtime];
  let engine: TestEngine;
  let nanoclaw: TestInstallation;
  let driver: SessionDriver;
  let events: SessionEvent[];

  beforeAll(async () => {
    if (reason === undefined) engine = await start();
  });
  beforeEach(({ skip }) => {
    skip(reason !== undefined, reason);
    nanoclaw = makeInstallation();
    driver = mixedDriver({ host: nanoclaw.host([engine]), runtimes: [runtime] })(nanoclaw.policy);
    events = [];
    driver.watchSessions(nanoclaw.installation.slug, (event) => events.push(event));
  });
  afterEach(async ({ task }) => {
    if (reason !== undefined) return;
    // What the driver keeps from the host is what one wants to see then.
    if (task.result?.state === "fail") process.stderr.write(readFileSync(file("state/driver.log"), "utf8"));
    expect(await engine.leftovers()).toEqual([]);
    await nanoclaw[Symbol.asyncDispose]();
  });
  afterAll(async () => await engine?.[Symbol.asyncDispose]());

  const file = (path: string) => join(nanoclaw.installation.root, path);
  const ended = (handle: SessionHandle) =>
    expect
      .poll(() => events.filter(({ kind, key }) => kind === "terminal" && key === handle.key).length, {
        timeout: 20_000,
        interval: 20,
      })
      .toBe(1);
  const prepare = (details: SpecDetails) => driver.prepare(nanoclaw.spec(details));

  test("a session is what the host composed: mounts with their modes, environment, labels, command", async () => {
    const script = `
      cd /workspace
      echo "$HTTPS_PROXY" >proxy
      { echo "$TZ $GREETING $ANTHROPIC_AUTH_TOKEN"; cat agent/CLAUDE.md; cat /app/src/agent.sh "my own \\$runner/agent.sh"; } >report
      echo mine >agent/notes
      case $(ls -ld /mnt/nanoclaw 2>/dev/null) in "" | drwx------*) ;; *) echo "shares are open" >>report ;; esac
      (echo changed >agent/CLAUDE.md) 2>/dev/null && echo "CLAUDE.md was written" >>report
      (echo changed >/app/src/agent.sh) 2>/dev/null && echo "agent.sh was written" >>report
      exit 3`;
    const handle = await prepare({ script });
    expect(handle.name).toBe(`ncl-${nanoclaw.installation.slug}-s1`);
    expect(await handle.status()).toEqual({ phase: "ready" });
    const [sandbox] = await listSandboxes(engine.provider);
    expect(sandbox?.labels).toMatchObject({
      "nanoclaw-install": nanoclaw.installation.slug,
      "nanoclaw-group": "g1",
      "nanoclaw-session": "s1",
      "nanoclaw-role": "agent",
      "nanoclaw-group-folder": "family",
      "nanoclaw-container-name": "nanoclaw-v2-family-1",
    });
    expect(existsSync(file("data/v2-sessions/g1/s1/report"))).toBe(false);
    await handle.start();
    await ended(handle);
    expect(readFileSync(file("data/v2-sessions/g1/s1/report"), "utf8")).toBe(
      "UTC good day placeholder\nBe kind.\necho the runner\necho the runner\n",
    );
    // The name of the host that no guest knows stands as the address that leads there.
    expect(readFileSync(file("data/v2-sessions/g1/s1/proxy"), "utf8")).toMatch(
      /^http:\/\/(\d+\.){3}\d+:10255\n$/,
    );
    expect(readFileSync(file("groups/family/notes"), "utf8")).toBe("mine\n");
    expect(readFileSync(file("groups/family/CLAUDE.md"), "utf8")).toBe("Be kind.\n");
    const failure = { kind: "started-then-died", retryable: false, exitCode: 3 };
    expect(await handle.status()).toEqual({ phase: "failed", failure });
  });

  test("one key has one session: found by its labels, entered, asked to end, and gone after stop", async () => {
    const script = `trap 'echo asked >/workspace/asked; exit 0' TERM; : >/workspace/up; while :; do sleep 0.05; done`;
    const [handle, same] = await Promise.all([prepare({ script }), prepare({ script })]);
    expect(same).toBe(handle);
    const phases = async (slug: string) =>
      (await driver.listSessions(slug)).map(({ handle: { key }, phase }) => [key.sessionId, phase]);
    const { slug } = nanoclaw.installation;
    expect(await phases(slug)).toEqual([["s1", "starting"]]);
    await Promise.all([handle.start(), handle.start()]);
    await expect.poll(() => existsSync(file("data/v2-sessions/g1/s1/up")), { timeout: 10_000 }).toBe(true);
    expect(await handle.status()).toEqual({ phase: "running" });
    expect(await phases(slug)).toEqual([["s1", "running"]]);
    expect(await phases("another")).toEqual([]);
    expect(await prepare({ script })).toBe(handle);

    const { bin, argsPlain, argsTty } = handle.execSpec(["sh", "-c", 'echo "$1"', "sh", "it's $HOME"]);
    expect(argsTty.slice(-5)).toEqual(argsPlain.slice(-5));
    expect((await run(bin, argsPlain)).stdout).toBe("it's $HOME\n");
    // What the gateway contributes is in nothing that the engine keeps.
    const inside = handle.execSpec(["env"]);
    const { stdout } = await run(inside.bin, inside.argsPlain);
    expect(stdout).toContain("GREETING=good day");
    expect(stdout).not.toContain("ANTHROPIC_AUTH_TOKEN");

    await Promise.all([handle.stop("test"), handle.stop("test")]);
    expect(await engine.leftovers()).toEqual([]);
    expect(readFileSync(file("data/v2-sessions/g1/s1/asked"), "utf8")).toBe("asked\n");
    expect(await handle.status()).toEqual({ phase: "stopped" });
    expect(await phases(slug)).toEqual([]);
    await handle.stop("again");
  });

  test("a prepare that fails has made nothing, and another may follow", async () => {
    const below = (containerPath: string) => (spec: SessionSpec) => {
      const mounts = spec.containers[0]?.mounts ?? [];
      mounts.push(...mounts.slice(-1).map((mount) => ({ ...mount, containerPath })));
    };
    // The engines tell so at very different moments, and all in words of their own.
    const failure = await prepare({ change: below("/etc/passwd/below/a/file") }).catch(
      (error: Error) => error,
    );
    expect(failure).toMatchObject({ kind: expect.stringMatching(/^(spec-invalid|unknown)$/) });
    expect(await engine.leftovers()).toEqual([]);
    if (runtime === "docker" || runtime === "container") {
      const change = (spec: SessionSpec) => {
        for (const container of spec.containers) container.image = "nanoclaw-test/there-is-none:1";
      };
      await expect(prepare({ change })).rejects.toMatchObject({ kind: "image-unavailable", retryable: true });
      expect(await engine.leftovers()).toEqual([]);
    }
    const handle = await prepare({});
    await handle.stop("never started");
    expect(await handle.status()).toEqual({ phase: "stopped" });
    await expect(handle.start()).rejects.toMatchObject({ kind: "started-then-died" });
  });

  // Tart takes a network away by Softnet, which its own tests have.
  if (runtime !== "tart")
    test("a session without a network has no way out, and limits that the engine has are kept", async () => {
      const { pidCount } = engine.provider.capabilities.limits;
      const script = `tail -n +2 /proc/net/route >/workspace/routes
        echo "$HTTPS_PROXY" >/workspace/proxy
        ${pidCount ? "for i in $(seq 300); do sleep 20 & done 2>/workspace/errors" : ""}`;
      const handle = await prepare({
        script,
        change: (spec) => void Object.assign(spec, { network: "none" }),
      });
      await handle.start();
      await ended(handle);
      const read = (name: string) => readFileSync(file(`data/v2-sessions/g1/s1/${name}`), "utf8");
      expect(read("routes")).toBe("");
      // The host cannot be found, and its name stays.
      if (runtime !== "local") expect(read("proxy")).toBe("http://host.docker.internal:10255\n");
      if (pidCount) expect(read("errors")).toMatch(/fork/i);
    });

  // One virtual machine is enough for it.
  if (runtime === "tart")
    test("an agent that sees a damaged database again and again is ended in a virtual machine", async () => {
      const line = "echo 'Error: database disk image is malformed' >&2";
      const handle = await prepare({ script: `for i in 1 2 3 4 5 6 7 8 9 10; do ${line}; done; sleep 1000` });
      await handle.start();
      await ended(handle);
      const failure = { kind: "started-then-died", retryable: false, exitCode: 137 };
      expect(await handle.status()).toEqual({ phase: "failed", failure });
    });

  test("what this engine cannot do is said before: each limit is either enforced or among the unrealized", () => {
    const { limits, isolation } = engine.provider.capabilities;
    const { unrealized } = driver.capabilities();
    const enforced = { memoryMb: limits.memoryMiB, cpus: limits.cpuCount, pidsLimit: limits.pidCount };
    for (const [name, is] of Object.entries(enforced)) {
      if (!is) expect(unrealized).toContain(name);
    }
    expect(unrealized).toContain("shmSizeMb");
    expect(engineAbilities[runtime].vm).toBe(isolation === "vm");
  });
});

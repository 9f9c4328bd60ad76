import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { mixedDriver, type SessionHandle, type SessionStatus } from "../src/driver.js";
import type { Decision } from "../src/policy/decision.js";
import { type TestEngine, testEngines } from "./driver-engines.js";
import { makeInstallation, type TestInstallation } from "./driver-installation.js";

/** The policy's limits on a session's time. */

const stateHome = mkdtempSync(join(tmpdir(), "driver-state-"));
process.env.XDG_STATE_HOME = stateHome;

let engine: TestEngine;
let nanoclaw: TestInstallation;

beforeAll(async () => {
  engine = await testEngines.local.start();
});
beforeEach(() => {
  nanoclaw = makeInstallation();
});
afterEach(async () => {
  expect(await engine.leftovers()).toEqual([]);
  await nanoclaw[Symbol.asyncDispose]();
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  rmSync(stateHome, { recursive: true });
});

async function started(script: string, decision: Partial<Decision>): Promise<SessionHandle> {
  const driver = mixedDriver({ host: nanoclaw.host([engine], { family: decision }), runtimes: ["local"] })(
    nanoclaw.policy,
  );
  const change = (spec: { stopGraceSeconds: number }) => {
    spec.stopGraceSeconds = 0.2;
  };
  const handle = await driver.prepare(nanoclaw.spec({ script, change }));
  await handle.start();
  return handle;
}

const ended = async (handle: SessionHandle): Promise<SessionStatus> => {
  const isOver = async () => !["ready", "running"].includes((await handle.status()).phase);
  await expect.poll(isOver, { timeout: 20_000 }).toBe(true);
  return await handle.status();
};

const limitsTold = (): string[] =>
  readFileSync(join(nanoclaw.installation.root, "state/driver.log"), "utf8")
    .split("\n")
    .filter((line) => line.includes('"time-limit"'));

const longMs = 600_000;

test("R7: an agent that answers nothing is ended at runMs, though it shows life and does not want to end", async () => {
  const busy = "trap '' TERM; while :; do touch /workspace/.heartbeat; echo at work >&2; sleep 0.1; done";
  const handle = await started(busy, { timeouts: { bootMs: longMs, runMs: 600, idleMs: longMs } });
  expect(await ended(handle)).toMatchObject({ phase: "failed", failure: { kind: "started-then-died" } });
  expect(limitsTold()).toEqual([expect.stringMatching(/without an answer for 600 ms.*timeouts\.runMs/)]);
});

test("R7: an agent that shows life stays, and one that shows none any more is ended at idleMs", async () => {
  const talks =
    "i=0; while [ $i -lt 30 ]; do echo at work >&2; sleep 0.1; i=$((i + 1)); done; exec sleep 1000";
  const began = performance.now();
  const handle = await started(talks, { timeouts: { bootMs: longMs, runMs: longMs, idleMs: 2_000 } });
  await ended(handle);
  expect(performance.now() - began).toBeGreaterThan(5_000);
  expect(limitsTold()).toEqual([expect.stringMatching(/idle for 2000 ms.*timeouts\.idleMs/)]);
});

test("limits that the policy does not set are left to NanoClaw", async () => {
  const handle = await started("sleep 2", {
    timeouts: { bootMs: longMs, runMs: 300, idleMs: 300 },
    keptByNanoClaw: ["runMs", "idleMs"],
  });
  expect(await ended(handle)).toEqual({ phase: "stopped" });
});

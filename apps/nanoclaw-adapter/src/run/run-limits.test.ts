import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { RunEnd } from "./run-end.js";
import { holdToLimits } from "./run-limits.js";

const timeouts = { bootMs: 1, runMs: 60_000, idleMs: 20_000 };
const v1 = { line: "v1", folder: "family" } as const;
const answer = Buffer.from('{}\n---NANOCLAW_OUTPUT_END---\n{"');

let told: string[];
const tell = (words: string) => void told.push(words);
beforeEach(() => {
  told = [];
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test("R7: without an answer a run has runMs, whatever it prints, and the setting is named", () => {
  const limits = holdToLimits(v1, { timeouts }, tell);
  vi.advanceTimersByTime(59_000);
  limits.wrote("stdout", Buffer.from("at work\n"));
  limits.wrote("stderr", answer);
  expect(told).toEqual([]);
  vi.advanceTimersByTime(1_000);
  expect(told).toEqual([
    expect.stringMatching(/without an answer for 60000 ms.*timeouts\.runMs of the group family/),
  ]);
  vi.advanceTimersByTime(600_000);
  expect(told).toHaveLength(1);
});

test("R7: after an answer, cut anywhere, it has idleMs until the next one", () => {
  for (let cut = 0; cut <= answer.length; cut++) {
    told = [];
    const limits = holdToLimits(v1, { timeouts }, tell);
    for (let turn = 0; turn < 5; turn++) {
      vi.advanceTimersByTime(19_000);
      limits.wrote("stdout", answer.subarray(0, cut));
      limits.wrote("stdout", answer.subarray(cut));
    }
    expect(told).toEqual([]);
    vi.advanceTimersByTime(20_000);
    expect(told).toEqual([expect.stringMatching(/idle for 20000 ms.*timeouts\.idleMs/)]);
  }
});

test("limits that NanoClaw keeps itself are left to it, and an ended run has none", () => {
  const left = holdToLimits(v1, { timeouts, keptByNanoClaw: ["runMs", "idleMs"] }, tell);
  left.wrote("stdout", answer);
  const ended = holdToLimits(v1, { timeouts }, tell);
  ended.stop();
  vi.advanceTimersByTime(600_000);
  expect(told).toEqual([]);
});

test("R7: NanoClaw 2's agents answer in a database and show life by a file; both are looked at", async () => {
  const session = mkdtempSync(join(tmpdir(), "run-limits-"));
  const restart = vi.spyOn(RunEnd.prototype, "restart");
  const times = (why: string) => restart.mock.calls.filter(([each]) => each === why).length;
  const limits = holdToLimits({ line: "v2", session, folder: "family" }, { timeouts }, tell);
  try {
    expect([times("run"), times("idle")]).toEqual([1, 1]);
    writeFileSync(join(session, ".heartbeat"), "");
    vi.advanceTimersByTime(5_000);
    await expect.poll(() => [times("run"), times("idle")]).toEqual([1, 2]);
    writeFileSync(join(session, "outbound.db"), "");
    vi.advanceTimersByTime(5_000);
    await expect.poll(() => [times("run"), times("idle")]).toEqual([2, 3]);
    utimesSync(join(session, ".heartbeat"), 1, 1);
    vi.advanceTimersByTime(5_000);
    await expect.poll(() => [times("run"), times("idle")]).toEqual([2, 4]);
    vi.advanceTimersByTime(20_000);
    expect(told).toEqual([expect.stringContaining("idle for 20000 ms")]);
  } finally {
    limits.stop();
    rmSync(session, { recursive: true });
  }
});

test("a look that is under way when a run ends starts no limit again", async () => {
  const session = mkdtempSync(join(tmpdir(), "run-limits-"));
  writeFileSync(join(session, "outbound.db"), "");
  const restart = vi.spyOn(RunEnd.prototype, "restart");
  holdToLimits({ line: "v2", session, folder: "family" }, { timeouts }, tell).stop();
  const before = restart.mock.calls.length;
  // A look of another run's, begun later, has ended: so has the one before.
  const other = holdToLimits({ line: "v2", session, folder: "other" }, { timeouts }, tell);
  await expect.poll(() => restart.mock.calls.length).toBeGreaterThanOrEqual(before + 4);
  other.stop();
  rmSync(session, { recursive: true });
  expect(restart.mock.calls.length).toBe(before + 4);
  expect(vi.getTimerCount()).toBe(0);
});

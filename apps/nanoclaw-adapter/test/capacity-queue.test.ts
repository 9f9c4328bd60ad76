import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SandboxError } from "@nanoclaw/sandbox";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Capacity, Need } from "../src/capacity/slot.js";
import { CapacityBench } from "./capacity-installation.js";

const machine = { memoryMiB: 100_000, cpuCount: 100 };
const chat: Need = { folder: "chat", runtime: "docker" };
let bench: CapacityBench;

beforeEach(() => {
  bench = new CapacityBench();
});
afterEach(() => bench[Symbol.dispose]());

const failure = (promise: Promise<unknown>): Promise<SandboxError> =>
  promise.then(
    () => expect.fail("It did not fail."),
    (error) => error,
  );

/** Until so many wait. */
const queued = (count: number) =>
  vi.waitUntil(async () => (await bench.store()).places.waiting().length === count, { timeout: 10_000 });

test("groups take turns, and a group's runs come in the order in which they were asked for", async () => {
  const capacity = bench.capacity({ runCount: 1, machine });
  const first = await capacity.admit({ folder: "first", runtime: "docker" }, { timeoutMs: 0 });
  const began: string[] = [];
  const runs: Promise<void>[] = [];
  const ask = async (folder: string, name: string) => {
    runs.push(
      (async () => {
        await using slot = await capacity.admit({ folder, runtime: "docker" }, { timeoutMs: 20_000 });
        began.push(name);
        await slot.end("answered");
      })(),
    );
    await queued(runs.length);
  };
  for (const [folder, name] of [
    ["busy", "busy 1"],
    ["busy", "busy 2"],
    ["busy", "busy 3"],
    ["rare", "rare 1"],
    ["rare", "rare 2"],
  ]) {
    await ask(folder as string, name as string);
  }
  await first.end("answered");
  await Promise.all(runs);
  expect(began).toEqual(["busy 1", "rare 1", "busy 2", "rare 2", "busy 3"]);
});

test("R6: when the time is over, it tells the position, the limit and who holds it", async () => {
  const one = bench.capacity({ machine });
  const two = bench.capacity({ machine }, "two");
  const mac = (folder: string): Need => ({ folder, runtime: "tart", memoryMiB: 4096 });
  await using _a = await one.admit(mac("finance"), { timeoutMs: 0 });
  await using _b = await two.admit(mac("legal"), { timeoutMs: 0 });
  const abort = new AbortController();
  const ahead = failure(one.admit(mac("ahead"), { timeoutMs: 20_000, signal: abort.signal }));
  await queued(1);
  const error = await failure(one.admit(mac("late"), { timeoutMs: 30 }));
  expect(error).toMatchObject({ code: "resource_exhausted", retryable: true });
  expect(error.message).toContain("at position 2 of 2");
  expect(error.message).toContain("macOS guests on this machine");
  expect(error.message).toContain(`finance (tart, process ${process.pid})`);
  expect(error.message).toContain(
    `legal of ${bench.installation("two").root} (tart, process ${process.pid})`,
  );
  expect(error.hint).toContain("nanoclaw-sandbox status");
  abort.abort();
  expect((await ahead).code).toBe("aborted");
  const { history, places } = await bench.store();
  expect(places.waiting()).toEqual([]);
  expect(history.read().tart.left).toMatchObject({ "queue-timeout": 1, "queue-aborted": 1 });
});

test("what never can be met is refused at once, and leaves nothing", async () => {
  const capacity = bench.capacity({ engines: { local: { runCount: 0 } }, machine: { memoryMiB: 2048 } });
  const large = await failure(capacity.admit({ ...chat, memoryMiB: 4096 }, { timeoutMs: 60_000 }));
  expect(large).toMatchObject({ code: "resource_exhausted", retryable: false });
  expect(large.message).toContain("memory (MiB) on this machine: it needs 4096 of at most 2048");
  const off = await failure(capacity.admit({ folder: "chat", runtime: "local" }, { timeoutMs: 60_000 }));
  expect(off).toMatchObject({ code: "resource_exhausted", retryable: false });
  expect((await bench.store()).places.ended()).toEqual([]);
});

test.each<[Partial<Need>, number, string]>([
  [{ folder: "../etc" }, 0, "../etc"],
  [{ runtime: "podman" as "docker" }, 0, "podman"],
  [{ memoryMiB: Number.NaN }, 0, "memoryMiB"],
  [{ cpuCount: 0 }, 0, "cpuCount"],
  [{}, Number.NaN, "timeoutMs"],
  [{}, -1, "timeoutMs"],
])("refuses %j with a time of %d", async (need, timeoutMs, message) => {
  const error = await failure(bench.capacity({}).admit({ ...chat, ...need }, { timeoutMs }));
  expect(error.code).toBe("invalid_argument");
  expect(error.message).toContain(message);
});

test("an abort ends the wait, and lets those behind go on", async () => {
  const capacity = bench.capacity({ runCount: 1, machine });
  const gone = AbortSignal.abort(new Error("no longer wanted"));
  expect(await failure(capacity.admit(chat, { timeoutMs: 60_000, signal: gone }))).toMatchObject({
    code: "aborted",
  });
  const holder = await capacity.admit(chat, { timeoutMs: 0 });
  const abort = new AbortController();
  const waiting = failure(capacity.admit(chat, { timeoutMs: 60_000, signal: abort.signal }));
  await queued(1);
  const behind = capacity.admit(chat, { timeoutMs: 60_000 });
  await queued(2);
  abort.abort();
  expect((await waiting).code).toBe("aborted");
  await holder.end("answered");
  await (await behind).end("answered");
});

test("a place that nobody ended is counted as lost when it is let go of, and an end counts once", async () => {
  const capacity = bench.capacity({ machine });
  await (await capacity.admit(chat, { timeoutMs: 0 }))[Symbol.asyncDispose]();
  const slot = await capacity.admit(chat, { timeoutMs: 0 });
  await slot.end("timeout");
  await slot.end("failed");
  await slot[Symbol.asyncDispose]();
  const { runs } = (await bench.store()).history.read().docker;
  expect(runs).toEqual({ answered: 0, failed: 0, "boot-failed": 0, timeout: 1, aborted: 0, lost: 1 });
});

test("three hundred turns of six groups go through three engines' places without a loss", async () => {
  const limits = { runCount: 4, engines: { docker: { runCount: 2 }, local: { runCount: 1 } }, machine };
  const capacities: Capacity[] = [bench.capacity(limits), bench.capacity(limits)];
  const now = { docker: 0, local: 0, tart: 0, container: 0 };
  const most = { ...now };
  const answers = new Map<string, number[]>();
  const turn = async (index: number) => {
    const runtime = (["docker", "local", "tart"] as const)[index % 3] ?? "docker";
    const folder = `group-${index % 6}`;
    const slot = await (capacities[index % 2] as Capacity).admit({ folder, runtime }, { timeoutMs: 60_000 });
    now[runtime] += 1;
    most[runtime] = Math.max(most[runtime], now[runtime]);
    answers.set(folder, [...(answers.get(folder) ?? []), index]);
    await new Promise(setImmediate);
    now[runtime] -= 1;
    await slot.end("answered");
  };
  await Promise.all(Array.from({ length: 300 }, (_, index) => turn(index)));
  const { history, places } = await bench.store();
  const totals = history.read();
  expect([totals.docker, totals.local, totals.tart].map(({ runs }) => runs.answered)).toEqual([
    100, 100, 100,
  ]);
  expect(
    Object.values(totals)
      .flatMap(({ left }) => Object.values(left))
      .every((count) => count === 0),
  ).toBe(true);
  expect([...answers.values()].map((each) => each.length)).toEqual([50, 50, 50, 50, 50, 50]);
  expect(most.docker).toBeLessThanOrEqual(2);
  expect(most.local).toBe(1);
  expect(most.tart).toBeLessThanOrEqual(2);
  // Added up on the way: the directory does not grow with the number of runs.
  expect(places.ended().length).toBeLessThan(100);
  expect([...places.running(), ...places.waiting(), ...places.damaged()]).toEqual([]);
});

test("a fold that a crash cut off counts nothing twice and nothing never", async () => {
  const capacity = bench.capacity({ machine });
  for (let run = 0; run < 3; run++) await (await capacity.admit(chat, { timeoutMs: 0 })).end("answered");
  const { history, places } = await bench.store();
  const names = places.ended();
  history.fold();
  expect(places.ended()).toEqual([]);
  // As if the process had ended before it removed them.
  for (const name of names) writeFileSync(join(places.path("ended"), name), "");
  expect(history.read().docker.runs.answered).toBe(3);
  history.fold();
  expect(history.read().docker.runs.answered).toBe(3);
});

test("damaged files are moved aside and told, and stop nobody", async () => {
  const warnings: string[] = [];
  const capacity = bench.capacity({ runCount: 1, machine }, "one", (warning) => warnings.push(warning));
  await (await capacity.admit(chat, { timeoutMs: 0 })).end("answered");
  const { places, history } = await bench.store();
  history.fold();
  writeFileSync(join(places.directory, "turns"), "\0\0\0");
  writeFileSync(join(places.path("waiting"), "cut-off"), '{"id":"cut-o');
  writeFileSync(join(places.path("running"), "empty~1~1"), "");
  mkdirSync(join(places.path("running"), "directory"));
  writeFileSync(join(places.path("writing"), "left"), "half of");
  symlinkSync("no lock", join(places.path("lock"), "lock"));
  writeFileSync(join(bench.installation().stateDirectory, "metrics", "totals.json"), "{}");
  const slot = await capacity.admit(chat, { timeoutMs: 5_000 });
  await slot.end("answered");
  expect(places.damaged()).toHaveLength(4);
  expect(history.read().docker.runs.answered).toBe(1);
  expect(history.damaged()).toHaveLength(1);
  expect(warnings).toHaveLength(4);
  expect(readdirSync(places.path("lock"))).toEqual([]);
  expect(readdirSync(places.path("writing"))).toEqual([]);
});

test("a place whose file was damaged while it was held ends all the same", async () => {
  const limits = { runCount: 1, machine };
  const slot = await bench.capacity(limits).admit(chat, { timeoutMs: 0 });
  const { places } = await bench.store();
  const [name = ""] = readdirSync(places.path("running"));
  writeFileSync(join(places.path("running"), name), "");
  const next = await bench.capacity(limits).admit(chat, { timeoutMs: 5_000 });
  await slot.end("answered");
  await next.end("answered");
  expect((await bench.store()).history.read().docker.runs.answered).toBe(2);
});

test("the lock of a dead process is broken, and so is that of whoever died while breaking it", async () => {
  const capacity = bench.capacity({ machine });
  await (await capacity.admit(chat, { timeoutMs: 0 })).end("answered");
  const { places, owner } = await bench.store();
  const dead = (id: string) => JSON.stringify({ id, owner: { ...owner, startedAt: "1" } });
  const id = "00000000-0000-4000-8000-000000000001";
  symlinkSync(dead(id), join(places.path("lock"), "lock"));
  symlinkSync(dead("00000000-0000-4000-8000-000000000002"), join(places.path("lock"), id));
  await (await capacity.admit(chat, { timeoutMs: 0 })).end("answered");
  expect(readdirSync(places.path("lock"))).toEqual([]);
});

test("tickets of an earlier boot, or of a pid that is another process now, hold nothing", async () => {
  const capacity = bench.capacity({ runCount: 1, machine });
  await (await capacity.admit(chat, { timeoutMs: 0 })).end("answered");
  const { places, owner } = await bench.store();
  const held = await capacity.admit(chat, { timeoutMs: 0 });
  const [name = ""] = readdirSync(places.path("running"));
  const ticket = JSON.parse(readFileSync(join(places.path("running"), name), "utf8"));
  await held.end("answered");
  const [machineId, , namespace] = owner.host.split(":");
  const leave = (id: string, gone: object) =>
    writeFileSync(
      join(places.path("running"), `${id}~5~1`),
      JSON.stringify({ ...ticket, id, owner: { ...owner, ...gone } }),
    );
  leave("booted", { host: `${machineId}:another-boot:${namespace}` });
  leave("reused", { startedAt: "1" });
  await (await capacity.admit(chat, { timeoutMs: 0 })).end("answered");
  expect((await bench.store()).history.read().docker.runs).toMatchObject({ answered: 3, lost: 2 });
});

test("the clock of the machine decides nothing", async () => {
  const capacity = bench.capacity({ runCount: 1, machine });
  const slot = await capacity.admit(chat, { timeoutMs: 0 });
  const clock = vi.spyOn(Date, "now").mockReturnValue(1);
  const waiting = capacity.admit(chat, { timeoutMs: 20_000 });
  await queued(1);
  clock.mockReturnValue(8.64e15);
  await slot.end("answered");
  const next = await waiting;
  expect(next.queuedMs).toBeLessThan(20_000);
  await next.end("answered");
  clock.mockRestore();
  expect((await bench.store()).history.read().docker.runMs).toBeLessThan(60_000);
});

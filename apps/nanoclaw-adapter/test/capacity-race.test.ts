import { expect, test, vi } from "vitest";
import { takeOutLost } from "../src/capacity/store.js";
import { CapacityBench, freePorts } from "./capacity-installation.js";

const machine = { memoryMiB: 100_000, cpuCount: 100 };

test("R6: of fifty runs in ten processes never more than three are in a place, and all of them get one", async () => {
  using bench = new CapacityBench();
  const ports = await freePorts(3);
  const limits = { runCount: 3, machine };
  const workers = Array.from({ length: 10 }, (_, index) =>
    bench.worker(
      limits,
      Array.from({ length: 5 }, () => ({
        need: { folder: `group-${index}`, runtime: "docker" as const },
        holdMs: 5,
      })),
      { ports },
    ),
  );
  expect(await Promise.all(workers.map(({ over }) => over))).toEqual(workers.map(() => 0));
  expect(bench.lines.filter(({ tooMany, refused, warning }) => tooMany || refused || warning)).toEqual([]);
  expect(bench.lines.filter(({ ended }) => ended)).toHaveLength(50);
  const { history, places } = await bench.store();
  expect(history.read().docker.runs.answered).toBe(50);
  expect([...places.waiting(), ...places.running(), ...places.damaged()]).toEqual([]);
});

test("R6: two installations share the two macOS guests of their machine", async () => {
  using bench = new CapacityBench();
  const ports = await freePorts(2);
  const run = (folder: string) => ({
    need: { folder, runtime: "tart" as const, memoryMiB: 1024 },
    holdMs: 20,
  });
  const workers = ["one", "two", "one", "two"].map((name, index) =>
    bench.worker({ machine }, [run(`a${index}`), run(`b${index}`), run(`c${index}`)], { name, ports }),
  );
  await Promise.all(workers.map(({ over }) => over));
  expect(bench.lines.filter(({ tooMany, refused }) => tooMany || refused)).toEqual([]);
  for (const name of ["one", "two"]) {
    expect((await bench.store(name)).history.read().tart.runs.answered).toBe(6);
  }
});

test("R6: whoever is killed while it runs or waits leaves no place behind, and is counted once", async () => {
  using bench = new CapacityBench();
  const ports = await freePorts(2);
  const limits = { runCount: 2, machine };
  const runs = (folder: string, holdMs: number) =>
    Array.from({ length: 4 }, () => ({ need: { folder, runtime: "docker" as const }, holdMs }));
  const victims = Array.from({ length: 6 }, (_, index) =>
    bench.worker(limits, runs(`victim-${index}`, 30), { ports }),
  );
  const survivors = Array.from({ length: 3 }, (_, index) =>
    bench.worker(limits, runs(`survivor-${index}`, 10), { ports }),
  );
  for (const victim of victims) {
    // At whatever it is doing after a random time: starting, entering, waiting, running, ending.
    setTimeout(() => victim.kill("SIGKILL"), 50 + Math.random() * 800);
  }
  expect(await Promise.all(survivors.map(({ over }) => over))).toEqual([0, 0, 0]);
  await Promise.all(victims.map(({ over }) => over));
  const store = await bench.store();
  await Promise.all([takeOutLost(store), takeOutLost(store)]);
  const { lines } = bench;
  expect(lines.filter(({ tooMany, refused, warning }) => tooMany || refused || warning)).toEqual([]);
  expect(lines.filter(({ ended }) => ended?.startsWith("survivor"))).toHaveLength(12);
  expect([...store.places.waiting(), ...store.places.running()]).toEqual([]);
  const { runs: counted } = store.history.read().docker;
  // A run may be killed between its place and the line that tells of it.
  const began = lines.filter((line) => line.began).length;
  expect(counted.answered + counted.lost).toBeGreaterThanOrEqual(began);
  expect(counted.answered + counted.lost).toBeLessThanOrEqual(began + victims.length);
  expect(counted.answered).toBeGreaterThanOrEqual(lines.filter(({ ended }) => ended).length);
});

test("a killed process that held the only place makes way for one that waits", async () => {
  using bench = new CapacityBench();
  const limits = { runCount: 1, machine };
  const holder = bench.worker(limits, [{ need: { folder: "stuck", runtime: "local" }, holdMs: 1_000_000 }]);
  await vi.waitUntil(() => bench.lines.some(({ began }) => began === "stuck"), { timeout: 20_000 });
  const waiting = bench.capacity(limits).admit({ folder: "next", runtime: "local" }, { timeoutMs: 20_000 });
  await vi.waitUntil(async () => (await bench.store()).places.waiting().length === 1, { timeout: 20_000 });
  holder.kill("SIGKILL");
  await using slot = await waiting;
  expect(slot.queuedMs).toBeGreaterThan(0);
  expect((await bench.store()).history.read().local.runs.lost).toBe(1);
});

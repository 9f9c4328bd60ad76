import { expect, it } from "vitest";
import { statsOf } from "./stats.js";

it("counts memory without the page cache that can go, by either cgroup version", () => {
  const usage = { usage: 1000, limit: 5000 };
  expect(
    statsOf({ memory_stats: { ...usage, stats: { total_inactive_file: 300, inactive_file: 1 } } }),
  ).toEqual({
    memoryBytes: 700,
    memoryLimitBytes: 5000,
  });
  expect(statsOf({ memory_stats: { ...usage, stats: { inactive_file: 400 } } }).memoryBytes).toBe(600);
  expect(statsOf({ memory_stats: { ...usage, stats: { inactive_file: 4000 } } }).memoryBytes).toBe(1000);
});

it("adds up networks, and gives seconds", () => {
  expect(
    statsOf({
      cpu_stats: { cpu_usage: { total_usage: 2_500_000_000 } },
      pids_stats: { current: 3 },
      networks: { a: { rx_bytes: 1, tx_bytes: 10 }, b: { rx_bytes: 2, tx_bytes: 20 } },
    }),
  ).toEqual({ cpuSeconds: 2.5, pidCount: 3, networkReceivedBytes: 3, networkSentBytes: 30 });
});

it("says nothing of what the engine left out", () => {
  expect(statsOf({})).toEqual({});
  expect(statsOf({ memory_stats: { usage: 5, limit: 0 } })).toEqual({ memoryBytes: 5 });
});

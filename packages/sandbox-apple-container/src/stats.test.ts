import { expect, test } from "vitest";
import { statsOf } from "./stats.js";

test("counters are told in the contract's units", () => {
  const row = {
    id: "sandbox-1",
    memoryUsageBytes: 1_048_576,
    memoryLimitBytes: 268_435_456,
    cpuUsageUsec: 2_500_000,
    numProcesses: 4,
    networkRxBytes: 10,
    networkTxBytes: 20,
    blockReadBytes: 1,
  };
  expect(statsOf("sandbox-1", JSON.stringify([{ id: "another" }, row]))).toEqual({
    memoryBytes: 1_048_576,
    memoryLimitBytes: 268_435_456,
    cpuSeconds: 2.5,
    pidCount: 4,
    networkReceivedBytes: 10,
    networkSentBytes: 20,
  });
});

test("what the engine does not tell is not made up", () => {
  expect(statsOf("sandbox-1", '[{"id":"sandbox-1"}]')).toEqual({});
});

test("a sandbox that does not run is lost", () => {
  expect(() => statsOf("sandbox-1", "[]")).toThrow(expect.objectContaining({ code: "sandbox_lost" }));
});

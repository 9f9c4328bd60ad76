import { expect, test } from "vitest";
import { type CapacityLimits, completeLimits, thisHardware } from "./limits.js";

const GiB = 1024;

test.each([
  [8 * GiB, 8 * GiB - 1638],
  [16 * GiB, 16 * GiB - 3276],
  [4 * GiB, 3 * GiB],
  [1 * GiB, 512],
])("of %i MiB, %i are for runs", (memoryMiB, expected) => {
  expect(completeLimits({}, { memoryMiB, cpuCount: 2 }).machine.memoryMiB).toBe(expected);
});

test.each([
  [1, 1],
  [2, 2],
  [4, 3],
  [10, 9],
])("of %i CPUs, %i are for runs", (cpuCount, expected) => {
  expect(completeLimits({}, { memoryMiB: 8 * GiB, cpuCount }).machine.cpuCount).toBe(expected);
});

test("knows this machine", () => {
  const { memoryMiB, cpuCount } = thisHardware();
  expect(memoryMiB).toBeGreaterThan(64);
  expect(cpuCount).toBeGreaterThan(0);
});

test.each<[CapacityLimits, string]>([
  [{ runCount: 0 }, "runCount is 0"],
  [{ runCount: 1.5 }, "runCount is 1.5"],
  [{ machine: { memoryMiB: Number.NaN } }, "machine.memoryMiB is NaN"],
  [{ machine: { cpuCount: -1 } }, "machine.cpuCount is -1"],
  [{ machine: { macOSCount: 3 } }, "machine.macOSCount is 3"],
  [{ engines: { docker: { runCount: -1 } } }, "engines.docker.runCount is -1"],
  [{ engines: { podman: {} } } as CapacityLimits, "engines is podman"],
  [{ assumedMemoryMiB: { tart: 0 } }, "assumedMemoryMiB.tart is 0"],
])("refuses %j", (limits, message) => {
  expect(() => completeLimits(limits)).toThrow(message);
});

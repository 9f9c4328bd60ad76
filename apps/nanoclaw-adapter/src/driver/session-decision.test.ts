import type { Capabilities } from "@nanoclaw/sandbox";
import { expect, test } from "vitest";
import type { Decision } from "../policy/decision.js";
import { type Runtime, runtimes } from "../runtime.js";
import type { SessionSpec } from "./contract.js";
import { decisionFor, limitsFor } from "./session-decision.js";

const decided = (runtime: Runtime, fallback: readonly Runtime[] = [], network: "open" | "none" = "open") =>
  ({
    folder: "family",
    runtime,
    fallback,
    network,
    limits: {},
    keep: { on: "failure", ttlMs: 1 },
  }) as unknown as Decision;
const asked = (runtimeTier: "container" | "vm", network: SessionSpec["network"] = "shared-private") =>
  ({ runtimeTier, network }) as SessionSpec;

test("the tier raises a group to a virtual machine, and no fallback leads out of it", () => {
  expect(decisionFor(decided("docker", ["local"]), asked("vm"), runtimes)).toMatchObject({
    runtime: "container",
    fallback: ["tart"],
  });
  expect(decisionFor(decided("local"), asked("vm"), ["local", "tart"])).toMatchObject({
    runtime: "tart",
    fallback: [],
  });
  expect(decisionFor(decided("tart", ["docker", "container"]), asked("vm"), runtimes)).toMatchObject({
    runtime: "tart",
    fallback: ["container"],
  });
});

test("a group that is raised to a machine does not bring the image of its container", () => {
  const decision = { ...decided("docker"), image: "agents:1" };
  expect(decisionFor(decision, asked("container"), runtimes).image).toBe("agents:1");
  expect(decisionFor(decision, asked("vm"), runtimes).image).toBeUndefined();
  const known = { ...decision, inFallback: { container: { image: "agents:vm", limits: {} } } };
  expect(decisionFor(known, asked("vm"), runtimes).image).toBe("agents:vm");
});

test("the tier never lowers a group: what the policy decided stays", () => {
  for (const runtime of runtimes) {
    expect(decisionFor(decided(runtime), asked("container"), runtimes).runtime).toBe(runtime);
  }
});

test("an engine that the driver was not given is no fallback, and no decision", () => {
  expect(decisionFor(decided("docker", ["local"]), asked("container"), ["docker"]).fallback).toEqual([]);
  expect(() => decisionFor(decided("tart"), asked("container"), ["docker"])).toThrow("gets tart");
  expect(() => decisionFor(decided("docker"), asked("vm"), ["docker"])).toThrow("no such engine");
});

test("whoever takes the network away has taken it away", () => {
  expect(decisionFor(decided("docker", [], "none"), asked("container"), runtimes).network).toBe("none");
  expect(decisionFor(decided("docker"), asked("container", "none"), runtimes).network).toBe("none");
  expect(decisionFor(decided("docker"), asked("container"), runtimes).network).toBe("open");
});

test("R10: of two limits the stricter counts, and what the engine has not is told, not faked", () => {
  const all = { limits: { cpuCount: true, memoryMiB: true, pidCount: true } } as Capabilities;
  const machine = { limits: { cpuCount: true, memoryMiB: true, pidCount: false } } as Capabilities;
  const resources = { memoryMb: 512, cpus: "1.5", pidsLimit: 256, shmSizeMb: 1024 };
  expect(limitsFor({ memoryMiB: 256, diskGiB: 5 }, resources, all)).toEqual({
    limits: { memoryMiB: 256, cpuCount: 1.5, pidCount: 256, diskGiB: 5 },
    unrealized: ["shmSizeMb"],
  });
  expect(limitsFor({ memoryMiB: 1024 }, resources, machine)).toEqual({
    limits: { memoryMiB: 512, cpuCount: 1.5 },
    unrealized: ["shmSizeMb", "pidsLimit"],
  });
  expect(() => limitsFor({}, { cpus: "many" }, all)).toThrow("resources.cpus");
});

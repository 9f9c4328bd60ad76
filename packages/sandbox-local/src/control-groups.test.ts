import { expect, test } from "vitest";
import { planControlGroups } from "./control-groups.js";

const limits = { cpuCount: 1.5, memoryMiB: 64, pidCount: 20 };

test("version 1: a group for each controller, memory with swap", () => {
  const parents = { cpu: "/cg/cpu", memory: "/cg/memory", pids: "/cg/pids" };
  expect(planControlGroups({ version: 1, parents }, limits, "x")).toEqual([
    {
      directory: "/cg/cpu/nanoclaw-x",
      settings: [
        ["cpu.cfs_period_us", "100000"],
        ["cpu.cfs_quota_us", "150000"],
      ],
    },
    {
      directory: "/cg/memory/nanoclaw-x",
      settings: [
        ["memory.limit_in_bytes", "67108864"],
        ["memory.memsw.limit_in_bytes", "67108864", true],
      ],
    },
    { directory: "/cg/pids/nanoclaw-x", settings: [["pids.max", "20"]] },
  ]);
});

test("version 2: one group for all, without swap", () => {
  const parents = { cpu: "/cg", memory: "/cg", pids: "/cg" };
  expect(planControlGroups({ version: 2, parents }, limits, "x")).toEqual([
    {
      directory: "/cg/nanoclaw-x",
      settings: [
        ["cpu.max", "150000 100000"],
        ["memory.max", "67108864"],
        ["memory.swap.max", "0", true],
        ["pids.max", "20"],
      ],
    },
  ]);
});

test("no group for what is not limited", () => {
  const parents = { cpu: "/cg/cpu", memory: "/cg/memory", pids: "/cg/pids" };
  expect(planControlGroups({ version: 1, parents }, { diskGiB: 1 }, "x")).toEqual([]);
});

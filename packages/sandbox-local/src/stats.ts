import { statfs } from "node:fs/promises";
import { SandboxError, type SandboxStats } from "@nanoclaw/sandbox/adapter";
import { readControlGroups } from "./control-groups.js";
import { familyOf, memoryOf } from "./processes.js";
import type { StartedRecord } from "./records.js";

/** Of `/proc/PID/stat`; a constant of Linux's interface on every platform that Node has. */
const ticksPerSecond = 100;

/** What a sandbox uses: by its control groups where it has some, else by its processes and its files. */
export async function statsOf(record: StartedRecord): Promise<SandboxStats> {
  const family = familyOf(record.init.pid);
  const living = family.filter(({ dead }) => !dead);
  if (living[0]?.startedAt !== record.init.startedAt) {
    throw new SandboxError("sandbox_lost", "The sandbox has ended.", { sandboxId: record.id });
  }
  const sum = (numbers: number[]): number => numbers.reduce((total, each) => total + each, 0);
  const { memoryBytes, memoryLimitBytes } = await readControlGroups(record.controlGroups);
  return {
    memoryBytes:
      memoryBytes ?? sum(living.map(({ pid }) => memoryOf(pid))) + (await fileBytes(record.init.pid)),
    memoryLimitBytes,
    cpuSeconds: sum(family.map(({ cpuTicks }) => cpuTicks)) / ticksPerSecond,
    pidCount: sum(living.map(({ threads }) => threads)),
  };
}

/** The guest's own files are in memory. */
async function fileBytes(init: number): Promise<number> {
  const { blocks, bfree, bsize } = await statfs(`/proc/${init}/root`);
  return (blocks - bfree) * bsize;
}

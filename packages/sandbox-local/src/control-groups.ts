import { mkdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type Limits, SandboxError } from "@nanoclaw/sandbox/adapter";
import type { ControlGroupHost, Controller } from "./control-group-host.js";

/** One directory of the kernel's, and what is to be written in it. */
export interface ControlGroup {
  readonly directory: string;
  /** File, value, and whether it is about swap, for which a kernel may have no file. */
  readonly settings: readonly (readonly [file: string, value: string, swap?: true])[];
}

const cpuPeriod = 100_000;

/** The control groups that a sandbox with these limits needs. */
export function planControlGroups(
  { version, parents }: ControlGroupHost,
  { cpuCount, memoryMiB, pidCount }: Limits,
  id: string,
): ControlGroup[] {
  const quota = cpuCount === undefined ? undefined : String(Math.round(cpuCount * cpuPeriod));
  const bytes = memoryMiB === undefined ? undefined : String(memoryMiB * 2 ** 20);
  const settings: Record<Controller, ControlGroup["settings"]> = {
    cpu: !quota
      ? []
      : version === 2
        ? [["cpu.max", `${quota} ${cpuPeriod}`]]
        : [
            ["cpu.cfs_period_us", String(cpuPeriod)],
            ["cpu.cfs_quota_us", quota],
          ],
    // Swap counts as memory.
    memory: !bytes
      ? []
      : version === 2
        ? [
            ["memory.max", bytes],
            ["memory.swap.max", "0", true],
          ]
        : [
            ["memory.limit_in_bytes", bytes],
            ["memory.memsw.limit_in_bytes", bytes, true],
          ],
    pids: pidCount === undefined ? [] : [["pids.max", String(pidCount)]],
  };
  const groups = new Map<string, ControlGroup["settings"]>();
  for (const [controller, parent] of Object.entries(parents) as [Controller, string][]) {
    if (settings[controller].length === 0) continue;
    const directory = join(parent, groupName(id));
    groups.set(directory, [...(groups.get(directory) ?? []), ...settings[controller]]);
  }
  return [...groups].map(([directory, settings]) => ({ directory, settings }));
}

/** Makes the groups, writes the limits, and reads each back (G8). */
export async function makeControlGroups(groups: readonly ControlGroup[]): Promise<void> {
  for (const { directory, settings } of groups) {
    await mkdir(directory);
    for (const [file, value, swap] of settings) {
      const path = join(directory, file);
      try {
        await writeFile(path, value, { flag: "r+" });
      } catch (cause) {
        if (swap && (cause as NodeJS.ErrnoException).code === "ENOENT" && !(await hasSwap())) continue;
        throw new SandboxError("unsupported", `The host does not set ${file} to ${value}.`, {
          cause,
          hint: "Ask for no more than what this program itself may use.",
        });
      }
      const found = (await readFile(path, "utf8")).trim();
      if (found !== value) {
        throw new SandboxError("adapter_fault", `${file} is ${found} after ${value} was written.`);
      }
    }
  }
}

/** Removes groups. The kernel lets go of a group some moments after the last process in it is dead. */
export async function removeControlGroups(
  directories: readonly string[],
  id: string,
  signal: AbortSignal,
): Promise<void> {
  for (const directory of directories) {
    if (basename(directory) !== groupName(id)) continue;
    for (let waitMs = 1; !(await removed(directory)); waitMs = Math.min(waitMs * 2, 50)) {
      signal.throwIfAborted();
      await delay(waitMs);
    }
  }
}

/** What the groups of a sandbox tell of its memory. */
export async function readControlGroups(directories: readonly string[]): Promise<{
  memoryBytes?: number;
  memoryLimitBytes?: number;
  outOfMemoryKills?: number;
}> {
  const read = async (...files: string[]): Promise<string | undefined> => {
    for (const path of directories.flatMap((directory) => files.map((file) => join(directory, file)))) {
      const text = await readFile(path, "utf8").catch(ifMissing);
      if (text !== undefined) return text;
    }
    return undefined;
  };
  const used = await read("memory.current", "memory.usage_in_bytes");
  const limit = await read("memory.max", "memory.limit_in_bytes");
  if (used === undefined) return {};
  // Files that were read and can be dropped at once are no use of memory.
  const cache = /^(?:total_)?inactive_file (\d+)$/m.exec((await read("memory.stat")) ?? "")?.[1];
  const kills = /^oom_kill (\d+)$/m.exec((await read("memory.events", "memory.oom_control")) ?? "")?.[1];
  return {
    memoryBytes: Math.max(0, Number(used) - Number(cache ?? 0)),
    ...(limit?.trim() === "max" || limit === undefined ? {} : { memoryLimitBytes: Number(limit) }),
    ...(kills === undefined ? {} : { outOfMemoryKills: Number(kills) }),
  };
}

async function hasSwap(): Promise<boolean> {
  return (await readFile("/proc/swaps", "utf8")).trim().split("\n").length > 1;
}

async function removed(directory: string): Promise<boolean> {
  try {
    await rmdir(directory);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EBUSY") return false;
    if (code === "ENOENT") return true;
    throw error;
  }
}

function groupName(id: string): string {
  return `nanoclaw-${id}`;
}

function ifMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}

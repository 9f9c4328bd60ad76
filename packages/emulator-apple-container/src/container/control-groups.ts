import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { hasErrorCode } from "../failures.js";
import type { ContainerConfiguration } from "./configuration.js";
import { type Controller, findControlGroupHost } from "./control-group-host.js";

const CPU_PERIOD_US = 100_000;
const POLL_MS = 5;

/**
 * Makes the control groups that hold a container to its memory and processors (apple-container.md §9.2), as far as they
 * can be made here.
 *
 * @returns Their directories; none where this process may make none.
 * @throws What the kernel says to a number that it does not take. None is left then.
 */
export async function makeControlGroups(
  home: string,
  { id, resources }: ContainerConfiguration,
): Promise<string[]> {
  const { version, parents } = findControlGroupHost();
  const quota = `${resources.cpus * CPU_PERIOD_US}`;
  const bytes = `${resources.memoryInBytes}`;
  const settings: Record<Controller, readonly (readonly [file: string, value: string])[]> =
    version === 2
      ? { cpu: [["cpu.max", `${quota} ${CPU_PERIOD_US}`]], cpuacct: [], memory: [["memory.max", bytes]] }
      : { cpu: [["cpu.cfs_quota_us", quota]], cpuacct: [], memory: [["memory.limit_in_bytes", bytes]] };
  const made = new Set<string>();
  try {
    for (const [controller, parent] of Object.entries(parents) as [Controller, string][]) {
      const directory = join(parent, `${prefixOf(home)}${id}`);
      mkdirSync(directory, { recursive: true });
      made.add(directory);
      for (const [file, value] of settings[controller]) writeFileSync(join(directory, file), value);
    }
  } catch (error) {
    await removeControlGroups([...made]);
    throw error;
  }
  return [...made];
}

/** Removes groups. The kernel lets go of a group some moments after the last process in it is dead. */
export async function removeControlGroups(directories: readonly string[]): Promise<void> {
  for (const directory of directories) {
    while (!removed(directory)) await delay(POLL_MS);
  }
}

/** The groups of an installation's containers, or of one of them. */
export function controlGroupsOf(home: string, id?: string): string[] {
  const parents = new Set(Object.values(findControlGroupHost().parents));
  return [...parents].flatMap((parent) =>
    readdirSync(parent)
      .filter((name) => (id === undefined ? name.startsWith(prefixOf(home)) : name === prefixOf(home) + id))
      .map((name) => join(parent, name)),
  );
}

function prefixOf(home: string): string {
  return `emulated-container-${createHash("sha256").update(home).digest("hex").slice(0, 16)}-`;
}

function removed(directory: string): boolean {
  try {
    rmdirSync(directory);
    return true;
  } catch (error) {
    if (hasErrorCode(error, "EBUSY")) return false;
    if (hasErrorCode(error, "ENOENT")) return true;
    throw error;
  }
}

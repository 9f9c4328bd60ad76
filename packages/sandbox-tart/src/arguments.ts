import { type CreateRequest, type Limits, type Mount, SandboxError } from "@nanoclaw/sandbox/adapter";
import type { Settings } from "./options.js";
import type { VmFacts } from "./vm-list.js";

/** Decimal gigabytes, as Tart counts them, that do not exceed so many binary ones. */
export function diskGb(diskGiB: number): number {
  return Math.floor(diskGiB * 1.073741824);
}

/** Throws for what Tart cannot do exactly. Before anything is made. */
export function refuseInexact({ limits, mounts }: Pick<CreateRequest, "limits" | "mounts">): void {
  const { cpuCount, diskGiB } = limits;
  if (cpuCount !== undefined && (!Number.isInteger(cpuCount) || cpuCount > 65_535)) {
    throw new SandboxError("unsupported", "A virtual machine has whole CPUs only.", {
      hint: `Say limits.cpuCount: ${Math.max(1, Math.ceil(cpuCount))}.`,
    });
  }
  if (diskGiB !== undefined && (diskGb(diskGiB) < 1 || diskGb(diskGiB) > 65_535)) {
    throw new SandboxError("unsupported", "A virtual machine has a disk of whole gigabytes.", {
      hint: "Ask for more limits.diskGiB than the image's disk has, or leave it out.",
    });
  }
  for (const { source } of mounts) {
    // Tart reads a colon as the end of a path, and such a last part as options.
    if (
      !source.includes(":") &&
      !source.split(",").some((part) => part === "ro" || part.startsWith("tag="))
    ) {
      continue;
    }
    throw new SandboxError("unsupported", `Tart cannot share the directory ${JSON.stringify(source)}.`, {
      hint: "Its path must have no colon, and no part between commas that is ro or begins with tag=.",
    });
  }
}

/** A new network address and serial number for each clone, and the limits. */
export function setArguments(vm: string, { cpuCount, memoryMiB, diskGiB }: Limits): string[] {
  return [
    "set",
    vm,
    "--random-mac",
    "--random-serial",
    ...(cpuCount === undefined ? [] : ["--cpu", String(cpuCount)]),
    ...(memoryMiB === undefined ? [] : ["--memory", String(memoryMiB)]),
    ...(diskGiB === undefined ? [] : ["--disk-size", String(diskGb(diskGiB))]),
  ];
}

/** The first limit that the machine was not given, as it tells itself. */
export function unkeptLimit({ cpuCount, memoryMiB, diskGiB }: Limits, facts: VmFacts): string | undefined {
  if (cpuCount !== undefined && facts.cpuCount !== cpuCount) return "cpuCount";
  if (memoryMiB !== undefined && facts.memoryMiB !== memoryMiB) return "memoryMiB";
  if (diskGiB !== undefined && facts.diskGb !== null && facts.diskGb !== diskGb(diskGiB)) return "diskGiB";
  return undefined;
}

/** The name of a share, by its place in the request. */
export function shareName(index: number): string {
  return `mount-${index}`;
}

type RunRequest = Pick<CreateRequest, "mounts" | "network">;
type RunSettings = Pick<Settings, "graphics" | "audio" | "clipboard">;

export function runArguments(vm: string, request: RunRequest, settings: RunSettings): string[] {
  return [
    "run",
    ...(settings.graphics ? [] : ["--no-graphics"]),
    ...(settings.audio ? [] : ["--no-audio"]),
    ...(settings.clipboard ? [] : ["--no-clipboard"]),
    ...request.mounts.map(shareArgument),
    ...(request.network === "none" ? ["--net-softnet-block=0.0.0.0/0"] : []),
    vm,
  ];
}

function shareArgument({ source, readOnly }: Mount, index: number): string {
  return `--dir=${shareName(index)}:${source}${readOnly ? ":ro" : ""}`;
}

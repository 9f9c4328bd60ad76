import { readFileSync } from "node:fs";
import { arch, cpus, loadavg, release, type as systemType, totalmem } from "node:os";

/** The machine that a run was made on. */
export interface Host {
  readonly cpuModel: string;
  readonly coreCount: number;
  readonly memoryBytes: number;
  readonly kernel: string;
  readonly system: string;
  readonly architecture: string;
  readonly node: string;
}

export function describeHost(): Host {
  return {
    cpuModel: cpus()[0]?.model ?? "unknown",
    coreCount: cpus().length,
    memoryBytes: totalmem(),
    kernel: `${systemType()} ${release()}`,
    system: distribution() ?? systemType(),
    architecture: arch(),
    node: process.version,
  };
}

/** Processes that wanted a core, as averages over 1, 5 and 15 minutes. */
export function load(): readonly number[] {
  return loadavg();
}

function distribution(): string | undefined {
  try {
    return /^PRETTY_NAME="?(.*?)"?$/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1];
  } catch {
    // Not a Linux distribution.
    return undefined;
  }
}

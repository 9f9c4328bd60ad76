import { availableParallelism, totalmem } from "node:os";
import { SandboxError } from "@nanoclaw/sandbox";
import { isRuntime, type Runtime, runtimes } from "../runtime.js";

/** What the runs of one engine may take together. Absent: only the limits above it hold. */
export interface EngineLimits {
  readonly runCount?: number;
  readonly memoryMiB?: number;
  readonly cpuCount?: number;
}

/** What all runs of this user on this machine may take together, whichever installation they belong to. */
export interface MachineLimits {
  /** Default: all but a fifth, and all but 1 GiB at least. */
  readonly memoryMiB?: number;
  /** Default: all, but for one where there are four or more. Only runs with a stated number of CPUs count. */
  readonly cpuCount?: number;
  /** macOS guests. Default and maximum: 2, which is what Apple's licence and its framework allow. */
  readonly macOSCount?: number;
}

export interface CapacityLimits {
  /** Runs of this installation at once: `MAX_CONCURRENT_CONTAINERS`. Default: 5. */
  readonly runCount?: number;
  readonly engines?: Readonly<Partial<Record<Runtime, EngineLimits>>>;
  readonly machine?: MachineLimits;
  /** What a run counts for whose policy states no memory. Default: 1024 MiB for a virtual machine, else 512. */
  readonly assumedMemoryMiB?: Readonly<Partial<Record<Runtime, number>>>;
}

export interface CompleteLimits {
  readonly runCount: number;
  readonly engines: Readonly<Partial<Record<Runtime, EngineLimits>>>;
  readonly machine: Required<MachineLimits>;
  readonly assumedMemoryMiB: Readonly<Record<Runtime, number>>;
}

/** What there is of a machine. */
export interface Hardware {
  readonly memoryMiB: number;
  readonly cpuCount: number;
}

const MACOS_GUESTS = 2;

/** This machine, or the part of it that a control group leaves to this process. */
export function thisHardware(): Hardware {
  const constrained = process.constrainedMemory() || Number.POSITIVE_INFINITY;
  return {
    memoryMiB: Math.floor(Math.min(totalmem(), constrained) / 1024 ** 2),
    cpuCount: availableParallelism(),
  };
}

/** @throws SandboxError `invalid_argument` that names the limit. */
export function completeLimits(
  { runCount = 5, engines = {}, machine = {}, assumedMemoryMiB = {} }: CapacityLimits,
  hardware: Hardware = thisHardware(),
): CompleteLimits {
  const reserveMiB = Math.max(1024, Math.floor(hardware.memoryMiB / 5));
  const {
    memoryMiB = Math.max(512, hardware.memoryMiB - reserveMiB),
    cpuCount = hardware.cpuCount < 4 ? hardware.cpuCount : hardware.cpuCount - 1,
    macOSCount = MACOS_GUESTS,
  } = machine;
  checkCount("runCount", runCount, 1);
  checkAmount("machine.memoryMiB", memoryMiB);
  checkAmount("machine.cpuCount", cpuCount);
  checkCount("machine.macOSCount", macOSCount, 0);
  if (macOSCount > MACOS_GUESTS)
    throw wrong("machine.macOSCount", macOSCount, "0, 1 or 2: macOS allows no more");
  for (const [runtime, limits] of Object.entries(engines)) {
    if (!isRuntime(runtime)) throw wrong("engines", runtime, `one of ${runtimes.join(", ")}`);
    if (limits.runCount !== undefined) checkCount(`engines.${runtime}.runCount`, limits.runCount, 0);
    if (limits.memoryMiB !== undefined) checkAmount(`engines.${runtime}.memoryMiB`, limits.memoryMiB);
    if (limits.cpuCount !== undefined) checkAmount(`engines.${runtime}.cpuCount`, limits.cpuCount);
  }
  for (const [runtime, amount] of Object.entries(assumedMemoryMiB)) {
    if (!isRuntime(runtime)) throw wrong("assumedMemoryMiB", runtime, `one of ${runtimes.join(", ")}`);
    checkAmount(`assumedMemoryMiB.${runtime}`, amount);
  }
  return {
    runCount,
    engines,
    machine: { memoryMiB, cpuCount, macOSCount },
    assumedMemoryMiB: { tart: 1024, container: 1024, docker: 512, local: 512, ...assumedMemoryMiB },
  };
}

function checkCount(name: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least) throw wrong(name, value, `a whole number from ${least}`);
}

function checkAmount(name: string, value: number): void {
  if (!(Number.isFinite(value) && value > 0)) throw wrong(name, value, "a number above 0");
}

function wrong(name: string, value: unknown, expected: string): SandboxError {
  return new SandboxError("invalid_argument", `The capacity limit ${name} is ${String(value)}.`, {
    hint: `Write ${expected}.`,
  });
}

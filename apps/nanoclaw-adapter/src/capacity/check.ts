import { SandboxError } from "@nanoclaw/sandbox";
import { checkFolder } from "../group.js";
import { isRuntime, runtimes } from "../runtime.js";
import type { Need } from "./slot.js";

/** @throws SandboxError `invalid_argument`. */
export function checkNeed({ folder, runtime, memoryMiB = 1, cpuCount = 1 }: Need): void {
  checkFolder(folder);
  if (!isRuntime(runtime)) throw wrong("runtime", runtime, `one of ${runtimes.join(", ")}`);
  if (!isAmount(memoryMiB)) throw wrong("memoryMiB", memoryMiB, "a number above 0");
  if (!isAmount(cpuCount)) throw wrong("cpuCount", cpuCount, "a number above 0");
}

/** @throws SandboxError `invalid_argument`. */
export function checkTimeout(timeoutMs: number): void {
  if (!(timeoutMs >= 0)) throw wrong("timeoutMs", timeoutMs, "milliseconds from 0, or Infinity");
}

function isAmount(value: number): boolean {
  return Number.isFinite(value) && value > 0;
}

function wrong(name: string, value: unknown, expected: string): SandboxError {
  return new SandboxError("invalid_argument", `${name} is ${JSON.stringify(value) ?? String(value)}.`, {
    operation: "admit",
    hint: `Write ${expected}.`,
  });
}

import { isRuntime, type Runtime } from "../runtime.js";
import type { CompleteLimits } from "./limits.js";
import type { Need } from "./slot.js";

/** What one run takes of one limit. */
export interface Demand {
  /** `machine-memory`, `docker-runs` … */
  readonly limit: string;
  /** Whose limit it is: the user's on this machine, or one installation's. */
  readonly scope: string;
  readonly amount: number;
  readonly most: number;
}

export const machineScope = "machine";

/** What a run takes of every limit that it is under. */
export function demandsOf(need: Need, limits: CompleteLimits, installation: string): Demand[] {
  const { runtime, cpuCount = 0, macOS = runtime === "tart" } = need;
  const memoryMiB = need.memoryMiB ?? limits.assumedMemoryMiB[runtime];
  const engine = limits.engines[runtime] ?? {};
  const { machine } = limits;
  const demands: Demand[] = [];
  const add = (scope: string, limit: string, amount: number, most: number | undefined) => {
    if (most !== undefined && amount > 0) demands.push({ limit, scope, amount, most });
  };
  add(installation, "runs", 1, limits.runCount);
  add(installation, `${runtime}-runs`, 1, engine.runCount);
  add(installation, `${runtime}-memory`, memoryMiB, engine.memoryMiB);
  add(installation, `${runtime}-cpus`, cpuCount, engine.cpuCount);
  add(machineScope, "macos-guests", macOS ? 1 : 0, machine.macOSCount);
  add(machineScope, "memory", memoryMiB, machine.memoryMiB);
  add(machineScope, "cpus", cpuCount, machine.cpuCount);
  return demands;
}

export function keyOf({ scope, limit }: Demand): string {
  return `${scope}/${limit}`;
}

/** `macOS guests on this machine`, for people. */
export function describeLimit({ scope, limit }: Pick<Demand, "scope" | "limit">): string {
  const [first = "", rest] = limit.split("-");
  const [runtime, what] = isRuntime(first) && rest ? [first as Runtime, rest] : [undefined, limit];
  const where = scope === machineScope ? "on this machine" : "in this installation";
  return `${words[what] ?? what}${runtime ? ` in ${runtime}` : ""} ${where}`;
}

const words: Readonly<Record<string, string>> = {
  runs: "runs at once",
  memory: "memory (MiB)",
  cpus: "CPUs",
  "macos-guests": "macOS guests",
};

/** Which setting raises a limit. */
export function settingOf({ limit }: Pick<Demand, "limit">): string {
  if (limit === "runs") return "MAX_CONCURRENT_CONTAINERS";
  if (limit === "memory") return "the machine's memoryMiB";
  if (limit === "cpus") return "the machine's cpuCount";
  const [runtime, what = ""] = limit.split("-");
  const names: Readonly<Record<string, string>> = {
    runs: "runCount",
    memory: "memoryMiB",
    cpus: "cpuCount",
  };
  return `the runtime ${runtime}'s ${names[what] ?? what}`;
}

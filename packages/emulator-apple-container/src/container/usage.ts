import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What a container uses (apple-container.md §6.2); counters are since its start. What cannot be told here is absent. */
export interface ContainerUsage {
  readonly id: string;
  readonly memoryUsageBytes?: number;
  readonly memoryLimitBytes?: number;
  readonly cpuUsageUsec?: number;
  readonly networkRxBytes?: number;
  readonly networkTxBytes?: number;
  readonly blockReadBytes?: number;
  readonly blockWriteBytes?: number;
  readonly numProcesses?: number;
}

/** @param pid A process of the container. */
export function readUsage(
  id: string,
  pid: number,
  memoryLimitBytes: number,
  groups: readonly string[],
): ContainerUsage {
  const read = (name: string) => {
    const path = groups.map((directory) => join(directory, name)).find((file) => existsSync(file));
    return path === undefined ? undefined : readFileSync(path, "utf8");
  };
  const number = (text: string | undefined) => (text === undefined ? undefined : Number(text));
  const memory = number(read("memory.usage_in_bytes") ?? read("memory.current"));
  const nanoseconds = number(read("cpuacct.usage"));
  const microseconds = number(/^usage_usec (\d+)$/m.exec(read("cpu.stat") ?? "")?.[1]);
  const cpu = nanoseconds === undefined ? microseconds : Math.floor(nanoseconds / 1000);
  const processes = read("cgroup.procs")?.split("\n").filter(Boolean).length;
  return {
    id,
    memoryLimitBytes,
    ...(memory !== undefined && { memoryUsageBytes: memory }),
    ...(cpu !== undefined && { cpuUsageUsec: cpu }),
    ...(processes !== undefined && { numProcesses: processes }),
    ...networkUsage(pid),
    blockReadBytes: 0,
    blockWriteBytes: 0,
  };
}

/** Without the loopback; see proc_pid_net(5). */
function networkUsage(pid: number): Pick<ContainerUsage, "networkRxBytes" | "networkTxBytes"> {
  const line = /^\s*eth0:\s*(.*)$/m.exec(readFileSync(`/proc/${pid}/net/dev`, "utf8"))?.[1];
  const fields = line?.split(/\s+/).map(Number) ?? [];
  return { networkRxBytes: fields[0] ?? 0, networkTxBytes: fields[8] ?? 0 };
}

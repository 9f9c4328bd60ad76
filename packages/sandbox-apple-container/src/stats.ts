import { SandboxError, type SandboxStats } from "@nanoclaw/sandbox/adapter";

/** A row of `stats --format=json` (apple-container.md §6.2). */
interface StatsRow {
  readonly id: string;
  readonly memoryUsageBytes?: number;
  readonly memoryLimitBytes?: number;
  readonly cpuUsageUsec?: number;
  readonly numProcesses?: number;
  readonly networkRxBytes?: number;
  readonly networkTxBytes?: number;
}

/** One that does not run is left out of the rows. */
export function statsOf(id: string, text: string): SandboxStats {
  const row = (JSON.parse(text) as StatsRow[]).find((each) => each.id === id);
  if (!row) throw new SandboxError("sandbox_lost", "The sandbox has ended.", { sandboxId: id });
  const { memoryUsageBytes, memoryLimitBytes, cpuUsageUsec, numProcesses } = row;
  return {
    memoryBytes: memoryUsageBytes,
    memoryLimitBytes,
    cpuSeconds: cpuUsageUsec === undefined ? undefined : cpuUsageUsec / 1_000_000,
    pidCount: numProcesses,
    networkReceivedBytes: row.networkRxBytes,
    networkSentBytes: row.networkTxBytes,
  };
}

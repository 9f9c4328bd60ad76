import type { SandboxStats } from "@nanoclaw/sandbox/adapter";

/** What of the engine's statistics is read. Podman leaves parts out, and an engine without a limit sends 0. */
export interface EngineStats {
  readonly memory_stats?: {
    readonly usage?: number;
    readonly limit?: number;
    readonly stats?: Readonly<Record<string, number>>;
  };
  readonly cpu_stats?: { readonly cpu_usage?: { readonly total_usage?: number } };
  readonly pids_stats?: { readonly current?: number };
  readonly networks?: Readonly<Record<string, { readonly rx_bytes: number; readonly tx_bytes: number }>>;
}

/** Memory without the page cache that the kernel would give up at once, as the docker command counts it. */
export function statsOf({ memory_stats, cpu_stats, pids_stats, networks }: EngineStats): SandboxStats {
  const usage = memory_stats?.usage;
  const details = memory_stats?.stats;
  // The first is cgroup v1's name, the second v2's.
  const inactive = details?.total_inactive_file ?? details?.inactive_file ?? 0;
  const cpuNanoseconds = cpu_stats?.cpu_usage?.total_usage;
  const devices = networks && Object.values(networks);
  return {
    ...(usage === undefined ? {} : { memoryBytes: inactive < usage ? usage - inactive : usage }),
    ...(memory_stats?.limit ? { memoryLimitBytes: memory_stats.limit } : {}),
    ...(cpuNanoseconds === undefined ? {} : { cpuSeconds: cpuNanoseconds / 1e9 }),
    ...(pids_stats?.current === undefined ? {} : { pidCount: pids_stats.current }),
    ...(devices && {
      networkReceivedBytes: devices.reduce((sum, { rx_bytes }) => sum + rx_bytes, 0),
      networkSentBytes: devices.reduce((sum, { tx_bytes }) => sum + tx_bytes, 0),
    }),
  };
}

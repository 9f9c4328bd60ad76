import { SandboxError } from "@nanoclaw/sandbox/adapter";
import type { Engine } from "./engine.js";

/** What an engine tells of itself. Podman leaves parts out. */
export interface EngineFacts {
  readonly version: {
    readonly Version?: string;
    readonly ApiVersion?: string;
    readonly Os?: string;
    readonly Arch?: string;
    readonly KernelVersion?: string;
    readonly Components?: readonly { readonly Name: string }[] | null;
  };
  readonly info: {
    readonly OSType?: string;
    readonly OperatingSystem?: string;
    readonly Driver?: string;
    readonly DriverStatus?: readonly (readonly [string, string])[] | null;
    readonly Runtimes?: Readonly<Record<string, unknown>> | null;
    readonly DefaultRuntime?: string;
    readonly CgroupVersion?: string;
    readonly CgroupDriver?: string;
    readonly SecurityOptions?: readonly string[] | null;
    readonly InitBinary?: string;
    readonly MemoryLimit?: boolean;
    readonly SwapLimit?: boolean;
    readonly CpuCfsQuota?: boolean;
    readonly PidsLimit?: boolean;
    readonly Rootless?: boolean;
  };
}

export async function engineFacts(engine: Engine, signal: AbortSignal): Promise<EngineFacts> {
  const [version, info] = await Promise.all([engine.version(signal), engine.info(signal)]);
  return { version, info };
}

export function isPodman({ version }: EngineFacts): boolean {
  return version.Components?.some(({ Name }) => /podman/i.test(Name)) ?? false;
}

/** Throws `unsupported` unless the engine would really use this OCI runtime. */
export function refuseUnknownRuntime(runtime: string, facts: EngineFacts): void {
  const { Runtimes, DefaultRuntime } = facts.info;
  if (isPodman(facts)) {
    // By this API Podman takes any name and then uses its own runtime.
    if (runtime === DefaultRuntime) return;
    throw new SandboxError("unsupported", `This Podman would use ${DefaultRuntime}, not ${runtime}.`, {
      hint: `Set runtime = "${runtime}" in containers.conf and restart its service.`,
    });
  }
  const known = Object.keys(Runtimes ?? {});
  if (known.includes(runtime)) return;
  throw new SandboxError("unsupported", `The engine has no OCI runtime "${runtime}".`, {
    hint: `It has: ${known.join(", ")}. Add others to the daemon's configuration.`,
  });
}

/** Throws `unsupported` unless the storage driver can limit a container's own layer. */
export function refuseUnlimitedDisk({ info }: EngineFacts): void {
  const backing = info.DriverStatus?.find(([name]) => name === "Backing Filesystem")?.[1];
  const driver = info.Driver ?? "unknown";
  if (driver === "btrfs" || driver === "zfs") return;
  if ((driver === "overlay2" || driver === "overlay") && backing === "xfs") return;
  throw new SandboxError(
    "unsupported",
    `The engine's storage, ${driver} on ${backing ?? "?"}, cannot limit disk space.`,
    {
      hint: "It needs overlay2 on xfs mounted with pquota, or btrfs or zfs. Leave diskGiB out.",
    },
  );
}

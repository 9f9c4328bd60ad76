import type { EngineReport, SandboxProvider } from "@nanoclaw/sandbox";
import { type DeclaredCapabilities, defineCapabilities } from "@nanoclaw/sandbox/adapter";
import type { Runtime } from "../src/runtime.js";

/** An engine that is there or not, as a test says, and makes nothing. */
export interface EngineDouble {
  readonly provider: SandboxProvider;
  there: boolean;
  /** How often it was looked for. */
  probes: number;
  /** When set, a probe waits for it. */
  wait?: Promise<void>;
}

const walls = { tart: "vm", container: "vm", docker: "container", local: "process" } as const;

export function engineDouble(
  runtime: Runtime,
  there: boolean,
  more: DeclaredCapabilities = {},
): EngineDouble {
  const never = () => Promise.reject(new Error("A decision makes nothing."));
  const capabilities = defineCapabilities({
    isolation: walls[runtime],
    images: runtime !== "local",
    limits: { cpuCount: true, memoryMiB: true, pidCount: runtime === "docker" },
    network: { open: true, none: true },
    ...more,
  });
  const double: EngineDouble = {
    there,
    probes: 0,
    provider: {
      name: runtime,
      capabilities,
      probe: async (): Promise<EngineReport> => {
        double.probes += 1;
        await double.wait;
        const problems = double.there ? [] : [{ message: `${runtime} is off`, hint: `Start ${runtime}.` }];
        return { available: double.there, problems, details: {} };
      },
      create: never,
      list: never,
      remove: never,
    },
  };
  return double;
}

/** All four, those that are named there. */
export function engineDoubles(...there: readonly Runtime[]): Record<Runtime, EngineDouble> {
  const one = (runtime: Runtime) => engineDouble(runtime, there.includes(runtime));
  return { tart: one("tart"), container: one("container"), docker: one("docker"), local: one("local") };
}

export function providersOf(engines: Record<Runtime, EngineDouble>): Record<Runtime, SandboxProvider> {
  const { tart, container, docker, local } = engines;
  return {
    tart: tart.provider,
    container: container.provider,
    docker: docker.provider,
    local: local.provider,
  };
}

import type { SandboxProvider } from "@nanoclaw/sandbox";
import {
  type Capabilities,
  type CreateRequest,
  type DeclaredCapabilities,
  defineCapabilities,
  type OutputChunk,
  type ProcessExit,
  type ProcessSpec,
  type RawProcess,
  type SandboxDriver,
} from "@nanoclaw/sandbox/adapter";
import { changedDriver, changedProvider } from "../src/changed-provider.js";
import type { Target } from "../src/target.js";

/** A provider that is broken in one way, and the checks that must say so. */
export interface Fault {
  /** What it does wrong, as a sentence about it. */
  readonly fault: string;
  readonly caughtBy: readonly string[];
  /** What the check says. */
  readonly says: RegExp;
  readonly provider: (base: SandboxProvider) => SandboxProvider;
  /** Checks that have to run before, for the sake of what they make. */
  readonly after?: readonly string[];
  /** More for the check to look with. */
  readonly target?: (base: SandboxProvider) => Partial<Target>;
  /** The unbroken base has no such ability: there the check is skipped. */
  readonly pretends?: true;
  /** Namespaces are needed, and so root. */
  readonly root?: true;
}

export function withRequest(base: SandboxProvider, change: (request: CreateRequest) => CreateRequest) {
  return changedProvider(base, { create: (request, call) => base.create(change(request), call) });
}

export function withDriver(
  base: SandboxProvider,
  change: (
    driver: SandboxDriver,
    request: CreateRequest,
  ) => Partial<SandboxDriver> | Promise<Partial<SandboxDriver>>,
): SandboxProvider {
  return changedProvider(base, {
    create: async (request, call) => {
      const driver = await base.create(request, call);
      return changedDriver(driver, await change(driver, request));
    },
  });
}

export function withSpec(base: SandboxProvider, change: (spec: ProcessSpec) => ProcessSpec): SandboxProvider {
  return withDriver(base, (driver) => ({ spawn: (spec, call) => driver.spawn(change(spec), call) }));
}

/** Commands are started by way of some shell code, which ends with the command itself. */
export function withPrefix(base: SandboxProvider, code: string): SandboxProvider {
  return withSpec(base, (spec) => ({
    ...spec,
    argv: ["/bin/sh", "-c", `${code}; exec "$@"`, "sh", ...spec.argv],
  }));
}

export function withProcess(
  base: SandboxProvider,
  change: (process: RawProcess, spec: ProcessSpec) => Partial<RawProcess>,
): SandboxProvider {
  return withDriver(base, (driver) => ({
    spawn: async (spec, call) => {
      const process = await driver.spawn(spec, call);
      return { ...process, ...change(process, spec) };
    },
  }));
}

export function withOutput(
  base: SandboxProvider,
  change: (output: AsyncIterable<OutputChunk>) => AsyncIterable<OutputChunk>,
): SandboxProvider {
  return withProcess(base, ({ output }) => ({ output: change(output) }));
}

export function withExit(base: SandboxProvider, change: (exit: ProcessExit) => ProcessExit): SandboxProvider {
  return withProcess(base, ({ exited }) => ({ exited: exited.then(change) }));
}

/** Says that it has abilities, and does nothing about them. */
export function declaring(base: SandboxProvider, declared: DeclaredCapabilities): SandboxProvider {
  const { mounts, limits, network } = base.capabilities;
  return changedProvider(base, {
    capabilities: defineCapabilities({
      ...base.capabilities,
      ...declared,
      mounts: { ...mounts, ...declared.mounts },
      limits: { ...limits, ...declared.limits },
      network: { ...network, ...declared.network },
    }),
  });
}

/** Says one thing to the first who looks, and another to all others. */
export function twoFaced(base: SandboxProvider, said: Capabilities, done: Capabilities): SandboxProvider {
  let looks = 0;
  return new Proxy(base, {
    get: (provider, key) => {
      if (key === "capabilities") return looks++ === 0 ? said : done;
      return Reflect.get(provider, key);
    },
  });
}

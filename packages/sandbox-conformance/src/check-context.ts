import { rm } from "node:fs/promises";
import { type CreateOptions, createSandbox, type Sandbox, type SandboxProvider } from "@nanoclaw/sandbox";
import type { Capabilities } from "@nanoclaw/sandbox/adapter";
import type { CheckContext } from "./check.js";
import { newMark } from "./guest/marked-processes.js";
import type { Random } from "./random.js";
import type { RunState } from "./run-state.js";
import type { Scale, Target } from "./target.js";

/** Thrown to leave a check as skipped. */
export class Skipped extends Error {}

interface ContextOptions {
  readonly target: Target;
  readonly run: RunState;
  readonly scale: Scale;
  readonly signal: AbortSignal;
  readonly random: Random;
}

/** The context of one check: remembers what the check made, and undoes it. */
export class RealCheckContext implements CheckContext {
  readonly target: Target;
  readonly provider: SandboxProvider;
  readonly capabilities: Capabilities;
  readonly scale: Scale;
  readonly signal: AbortSignal;
  readonly random: Random;
  readonly run: RunState;
  readonly notes: Record<string, number | string> = {};
  readonly #cleanups: (() => unknown)[] = [];
  /** What guests without files of their own have written. */
  readonly #hostPaths: string[] = [];

  constructor({ target, run, scale, signal, random }: ContextOptions) {
    this.target = target;
    this.run = run;
    this.provider = run.provider;
    this.capabilities = run.capabilities;
    this.scale = scale;
    this.signal = signal;
    this.random = random;
  }

  shared(): Promise<Sandbox> {
    return this.run.shared();
  }

  create(options?: CreateOptions): Promise<Sandbox> {
    return this.createWith(this.provider, options);
  }

  async createWith(provider: SandboxProvider, options: unknown = {}): Promise<Sandbox> {
    const usable = typeof options === "object" && options !== null && !Array.isArray(options);
    const all = usable ? this.run.options(options) : (options as CreateOptions);
    const creating = createSandbox(provider, all);
    this.defer(async () => {
      // A rejection is the business of whoever asked for it.
      const sandbox = await creating.catch(() => undefined);
      await sandbox?.destroy();
    });
    return await creating;
  }

  guestPath(name: string): string {
    const path = `/tmp/${name}-${newMark()}`;
    if (this.capabilities.isolation === "none") this.#hostPaths.push(path);
    return path;
  }

  options(options?: CreateOptions): CreateOptions {
    return this.run.options(options);
  }

  defer(cleanup: () => unknown): void {
    this.#cleanups.push(cleanup);
  }

  skip(reason: string): never {
    throw new Skipped(reason);
  }

  note(name: string, value: number | string): void {
    this.notes[name] = typeof value === "number" ? Math.round(value * 10) / 10 : value;
  }

  /** Undoes everything, last first, whatever fails on the way. Returns what failed. */
  async cleanUp(): Promise<unknown[]> {
    const failures: unknown[] = [];
    const removals = this.#hostPaths
      .splice(0)
      .map((path) => () => rm(path, { recursive: true, force: true }));
    for (const cleanup of [...this.#cleanups.splice(0).reverse(), ...removals]) {
      try {
        await cleanup();
      } catch (error) {
        failures.push(error);
      }
    }
    return failures;
  }
}

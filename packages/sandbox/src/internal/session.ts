import { setMaxListeners } from "node:events";
import type { CallOptions } from "../command-options.js";
import { SandboxError } from "../contract/error.js";
import type { AdapterEvent, SandboxEvent } from "../contract/event.js";
import type { CallContext, SandboxDriver, SandboxProvider } from "../contract/provider.js";
import type { CommandExit, CommandRun, Commands } from "./commands.js";
import { Deadline, withDeadline } from "./deadline.js";
import { EngineCommands } from "./engine-commands.js";
import { guardian } from "./guardian.js";
import { Heartbeat } from "./heartbeat.js";
import { forgetKept, rememberKept } from "./kept.js";
import { Lane } from "./lane.js";
import { Lanes, type LanesOptions } from "./lanes.js";
import { ShellCommands } from "./shell-commands.js";

/** For calls to the engine unless the caller says otherwise, in milliseconds. */
const callMs = 30_000;
const killMs = 30_000;

export interface SessionOptions {
  readonly provider: SandboxProvider;
  readonly driver: SandboxDriver;
  readonly name: string | undefined;
  readonly created: boolean;
  /** Ports named at create; unknown after attach. */
  readonly ports: readonly number[] | undefined;
  readonly memoryLimited: boolean;
  readonly ownedByThis: boolean;
  readonly secrets: Readonly<Record<string, string>>;
  readonly emit: (event: AdapterEvent) => void;
}

/** One program's hold of one sandbox: its driver, its lanes, and how it ends. */
export class Session {
  readonly id: string;
  readonly name: string | undefined;
  readonly provider: SandboxProvider;
  readonly driver: SandboxDriver;
  readonly created: boolean;
  readonly ports: readonly number[] | undefined;
  readonly shell: string;
  readonly commands: Commands;
  /** True once the sandbox does not depend on this program any more. */
  kept: boolean;
  readonly #lanes: Lanes | undefined;
  readonly #emit: (event: AdapterEvent) => void;
  readonly #secrets: Readonly<Record<string, string>>;
  readonly #memoryLimited: boolean;
  readonly #over = new AbortController();
  readonly #heartbeat: Heartbeat;
  #main: Lane | undefined;
  #outOfMemoryKills = 0;
  #destroying: Promise<void> | undefined;
  #destroyed = false;

  constructor(options: SessionOptions) {
    const { provider, driver, secrets } = options;
    this.id = driver.id;
    this.name = options.name;
    this.provider = provider;
    this.driver = driver;
    this.created = options.created;
    this.ports = options.ports;
    this.kept = !options.ownedByThis;
    this.shell = provider.shell ?? "/bin/sh";
    this.#emit = options.emit;
    this.#secrets = secrets;
    this.#memoryLimited = options.memoryLimited;
    // Everything under way listens to it.
    setMaxListeners(0, this.#over.signal);
    const spawn: LanesOptions["spawn"] = (spec, signal) => driver.spawn(spec, this.context(signal));
    if (provider.capabilities.commands === "shell") {
      this.#lanes = new Lanes({ spawn, shell: this.shell, secrets, signal: this.#over.signal });
      this.commands = new ShellCommands(this.#lanes);
    } else {
      this.commands = new EngineCommands({ spawn, shell: this.shell, secrets });
    }
    this.#heartbeat = new Heartbeat(
      async () => await this.#lanes?.ping(),
      () => this.#lose(new SandboxError("sandbox_lost", "The sandbox does not answer any more.")),
    );
  }

  /** Takes the driver's main process for the first lane, and waits until it answers. */
  async open(signal: AbortSignal): Promise<void> {
    if (!this.#lanes || !this.driver.main) return;
    const main = await Lane.open(this.driver.main, "main", this.#secrets, signal);
    this.#main = main;
    this.#lanes.addMain(main);
    void main.ended.then((reason) => this.#lose(reason));
  }

  /** Aborted, with the reason, when the sandbox is lost, destroyed or let go. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  context(signal: AbortSignal): CallContext {
    return { signal, emit: this.#emit };
  }

  /** A call with a deadline that ends early when the sandbox does. */
  async operation<T>(
    operation: string,
    { timeoutMs = callMs, signal }: CallOptions,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    return await this.observed(operation, () =>
      withDeadline({ operation, timeoutMs, signal, over: this.over }, (limit) => this.watched(work(limit))),
    );
  }

  /** Tells the start and end of an operation, and names both in its error. */
  async observed<T>(operation: string, work: () => Promise<T>): Promise<T> {
    const started = performance.now();
    this.#emit({ type: "operation-start", operation });
    try {
      const value = await work();
      this.#emit({ type: "operation-end", operation, durationMs: performance.now() - started });
      return value;
    } catch (error) {
      const fault = asSandboxError(error).with({ operation, sandboxId: this.id });
      this.#emit({
        type: "operation-end",
        operation,
        durationMs: performance.now() - started,
        error: fault.code,
      });
      throw fault;
    }
  }

  /** While something is awaited the sandbox is asked now and then whether it still answers (G9). */
  async watched<T>(promise: Promise<T>): Promise<T> {
    this.#heartbeat.begin();
    try {
      return await promise;
    } finally {
      this.#heartbeat.end();
    }
  }

  /** Kills what a command started. In a sandbox that was destroyed it is gone already. */
  async kill(run: CommandRun): Promise<void> {
    const over = this.#over.signal;
    try {
      over.throwIfAborted();
      using deadline = new Deadline({ operation: "kill", timeoutMs: killMs, over });
      await run.kill(deadline.signal);
    } catch (error) {
      if (!over.aborted) throw error;
      await this.#destroying;
      if (!this.#destroyed) throw over.reason;
    }
  }

  /** Whether the kernel has killed for want of memory since this was last asked. */
  async ranOutOfMemory({ exitCode, signal, outOfMemoryKills }: CommandExit): Promise<boolean> {
    const killed = signal === "SIGKILL" || exitCode === 137;
    const suspicious = killed || (this.#memoryLimited && exitCode !== 0);
    if (!suspicious || this.#over.signal.aborted) return false;
    const kills = outOfMemoryKills ?? (await this.#askForKills());
    const more = kills > this.#outOfMemoryKills;
    this.#outOfMemoryKills = kills;
    return more;
  }

  async #askForKills(): Promise<number> {
    const { driver } = this;
    return await withDeadline({ operation: "exec", timeoutMs: callMs }, async (signal) =>
      driver.outOfMemoryKills ? await driver.outOfMemoryKills(this.context(signal)) : 0,
    );
  }

  async keep(ttlMs: number, signal: AbortSignal): Promise<void> {
    if (!this.provider.capabilities.keep) {
      throw new SandboxError("unsupported", `${this.provider.name} cannot keep a sandbox.`);
    }
    if (!this.#main) {
      throw new SandboxError("unsupported", "Only the program that created a sandbox can keep it.", {
        hint: "Create it with lifetime: { ttlMs }.",
      });
    }
    await rememberKept(this.id, Date.now() + ttlMs);
    signal.throwIfAborted();
    await this.#main.letGo(ttlMs);
    guardian.forget(this.id);
    this.kept = true;
  }

  /** From the start: the sandbox was created with a time to live. */
  async letGo(ttlMs: number): Promise<void> {
    await this.#main?.letGo(ttlMs);
  }

  async detach(): Promise<void> {
    if (this.#over.signal.aborted) return;
    this.#end(new SandboxError("sandbox_lost", "This program has let the sandbox go.", { retryable: false }));
    await this.driver.detach();
  }

  async destroy(options: CallOptions): Promise<void> {
    if (this.#destroyed) return;
    this.#destroying ??= this.observed("destroy", () =>
      withDeadline({ ...options, operation: "destroy" }, async (signal) => {
        this.#end(new SandboxError("sandbox_lost", "The sandbox was destroyed.", { retryable: false }));
        await this.driver.destroy(this.context(signal));
        await forgetKept(this.id);
        this.#destroyed = true;
        guardian.forget(this.id);
      }),
    ).finally(() => {
      this.#destroying = undefined;
    });
    await this.#destroying;
  }

  #end(reason: SandboxError): void {
    if (this.#over.signal.aborted) return;
    this.#over.abort(reason.with({ sandboxId: this.id }));
    this.#heartbeat.stop();
  }

  /** The sandbox ended by itself, or cannot be reached: says so, and clears away what is left of it. */
  #lose(reason: SandboxError): void {
    if (this.#over.signal.aborted) return;
    this.#end(reason);
    this.#emit({ type: "sandbox-lost", message: reason.message });
    if (this.kept) return;
    this.destroy({ timeoutMs: callMs }).catch((error: unknown) => {
      this.#emit({ type: "cleanup-failed", message: asSandboxError(error).message });
    });
  }
}

/** Anything that is thrown, as the one error class. */
export function asSandboxError(error: unknown): SandboxError {
  if (SandboxError.is(error)) return error;
  return new SandboxError("adapter_fault", "The adapter failed in a way it should not.", { cause: error });
}

export type Emit = (event: AdapterEvent) => void;

/** Completes events and hands them to the listener, whose own faults must not break a sandbox. */
export function emitter(
  provider: string,
  sandboxId: string | undefined,
  listener: ((event: SandboxEvent) => void) | undefined,
): Emit {
  if (!listener) return () => undefined;
  return (event) => {
    try {
      listener({ ...event, time: Date.now(), provider, sandboxId } as SandboxEvent);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  };
}

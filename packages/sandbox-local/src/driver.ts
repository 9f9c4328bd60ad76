import { closeSync, writeSync } from "node:fs";
import { join } from "node:path";
import {
  type CallContext,
  type OpenedPort,
  type ProcessSpec,
  type RawProcess,
  type SandboxDriver,
  SandboxError,
  type SandboxStats,
} from "@nanoclaw/sandbox/adapter";
import { readControlGroups } from "./control-groups.js";
import type { MainProcess } from "./creation.js";
import { type GuestDoor, startProcess } from "./guest-process.js";
import { openBothEnds, type Pipe } from "./pipes.js";
import type { StartedRecord } from "./records.js";
import { type GuestPrograms, sandboxPipes } from "./starter.js";
import { statsOf } from "./stats.js";

export interface LocalDriverOptions {
  readonly record: StartedRecord;
  /** Directory of the sandbox's pipes. */
  readonly pipes: string;
  readonly programs: GuestPrograms;
  /** Ends when the sandbox does. */
  readonly alive: Pipe;
  /** Names of processes whose pipes are made. */
  readonly ready?: string[];
  /** The main process, and what this program holds of it. After create only. */
  readonly main?: MainProcess;
  /** Ends the sandbox and forgets it. */
  remove(context: CallContext): Promise<void>;
}

export class LocalDriver implements SandboxDriver {
  readonly id: string;
  readonly main?: MainProcess;
  readonly #options: LocalDriverOptions;
  readonly #over = new AbortController();
  readonly #requests: number;
  readonly #door: GuestDoor;

  constructor(options: LocalDriverOptions) {
    this.#options = options;
    this.id = options.record.id;
    this.main = options.main;
    this.#requests = openBothEnds(join(options.pipes, sandboxPipes.requests));
    this.#door = {
      pipes: options.pipes,
      programs: options.programs,
      ready: options.ready ?? [],
      // Small enough to be written whole, and the pipe is held open, so that the guest may come to it later.
      request: (name) => void writeSync(this.#requests, `${name}\n`),
      over: this.#over.signal,
    };
    options.alive.stream.resume().on("close", () => this.#end("The sandbox has ended."));
  }

  async spawn({ argv, cwd, env, tty }: ProcessSpec, { signal }: CallContext): Promise<RawProcess> {
    return await startProcess(this.#door, { argv, cwd, env, tty }, signal);
  }

  async stats(): Promise<SandboxStats> {
    return await statsOf(this.#options.record);
  }

  async outOfMemoryKills(): Promise<number> {
    return (await readControlGroups(this.#options.record.controlGroups)).outOfMemoryKills ?? 0;
  }

  async openPort(port: number): Promise<OpenedPort> {
    if (this.#options.record.network === "open") return { host: "127.0.0.1", port };
    throw new SandboxError("unsupported", "No port of a sandbox without network can be reached.", {
      hint: 'Create it with network: "open", where its ports are ports of the host.',
    });
  }

  async detach(): Promise<void> {
    this.#end("The sandbox was let go.");
    this.#disconnect();
  }

  async destroy(context: CallContext): Promise<void> {
    this.#end("The sandbox was destroyed.");
    await this.#options.remove(context);
    await this.main?.exited;
    this.#disconnect();
  }

  /** No process is started from now on. Those that were are read to their end. */
  #end(reason: string): void {
    if (this.#over.signal.aborted) return;
    this.#over.abort(new SandboxError("sandbox_lost", reason, { sandboxId: this.id }));
    closeSync(this.#requests);
    this.#options.alive.close();
  }

  #disconnect(): void {
    this.main?.disconnect();
    this.main?.unref();
  }
}

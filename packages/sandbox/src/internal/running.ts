import { randomInt } from "node:crypto";
import type { SandboxError } from "../contract/error.js";
import type { OutputChunk } from "../contract/process.js";
import type { CommandExit } from "./commands.js";
import { cwdMissing } from "./lane-failures.js";
import { exitOf } from "./signals.js";

/** Takes output as it comes. While it returns a promise that is pending, nothing more is read. */
export type Sink = (chunk: OutputChunk) => void | Promise<void>;

/** A command under way in a lane. */
export interface Running {
  /** Tells its processes from all others in the guest. */
  readonly mark: number;
  /** Set when the guest could not place the mark: the first process of the command. */
  readonly rootPid: number | undefined;
  /** How it ended. Rejects with `sandbox_lost` when that cannot be known any more. */
  readonly ended: Promise<CommandExit>;
  /** `ended` has settled. */
  readonly over: boolean;
  /** Settles, never rejects, a moment after `ended`: it is known whether the lane can take another command. */
  readonly left: Promise<void>;
  /** A signal that was sent on purpose, so that an exit with 128 + n is read as death by it. */
  noteSignal(signal: string): void;
}

/** The lane's side of it. */
export class LaneRun implements Running {
  readonly id: number;
  // Above any real limit and below what every shell can count.
  readonly mark = randomInt(2 ** 32, 2 ** 47);
  readonly ended: Promise<CommandExit>;
  readonly left: Promise<void>;
  rootPid: number | undefined;
  sink: Sink;
  over = false;
  /** The lane has been looked over after its end. */
  looked = false;
  #exit: CommandExit | undefined;
  #cwdMissing = false;
  #stderrEnded: boolean;
  readonly #signals = new Set<string>();
  #resolve: (exit: CommandExit) => void = () => undefined;
  #reject: (error: SandboxError) => void = () => undefined;
  #leave: () => void = () => undefined;

  /** With one stream alone, as on a terminal, the end of stderr is not waited for. */
  constructor(id: number, sink: Sink, options: { readonly oneStream: boolean }) {
    this.id = id;
    this.sink = sink;
    this.#stderrEnded = options.oneStream;
    this.left = new Promise((resolve) => {
      this.#leave = resolve;
    });
    this.ended = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.ended.catch(() => undefined);
  }

  /** All of its standard output has come. */
  get exitKnown(): boolean {
    return this.#exit !== undefined;
  }

  noteSignal(signal: string): void {
    this.#signals.add(signal);
  }

  noteMissingCwd(): void {
    this.#cwdMissing = true;
  }

  /** The shell's words: exit code, kills for want of memory or `-`, and what it said when a signal ended the command. */
  noteExit([code, kills, ...message]: readonly string[]): void {
    this.#exit = {
      ...exitOf(Number(code), message.join(" "), this.#signals),
      outOfMemoryKills: kills === "-" ? undefined : Number(kills),
    };
  }

  noteStderrEnd(): void {
    this.#stderrEnded = true;
  }

  /** Tells how it ended once both streams have. False: not yet. */
  settle(): boolean {
    if (!this.#exit || !this.#stderrEnded) return false;
    this.over = true;
    if (this.#cwdMissing) this.#reject(cwdMissing());
    else this.#resolve(this.#exit);
    return true;
  }

  lose(reason: SandboxError): void {
    this.over = true;
    this.#reject(reason);
    this.#leave();
  }

  leave(): void {
    this.#leave();
  }
}

import type { Writable } from "node:stream";
import type { ProcessExit, TerminalSize } from "../contract/process.js";
import type { Sink } from "./running.js";

/** A command as core asks for it: complete, whatever carries it. */
export interface GuestCommand {
  /** Bytes that are no text only where `code` is run by a main shell. */
  readonly argv: readonly (string | Uint8Array)[];
  /** Shell code of ours to run instead, with `argv` as its positional parameters from `$1` on. */
  readonly code?: string;
  readonly cwd?: string;
  readonly user?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface CommandInput {
  readonly sink: Sink;
  /** `none`: end of input at once. `live`: `stdin` of the run. Bytes: these, then end of input. */
  readonly input: "none" | "live" | Uint8Array;
  readonly tty?: TerminalSize;
}

export interface CommandExit extends ProcessExit {
  /** How often the kernel had killed in the sandbox for want of memory by then, where the guest can tell. */
  readonly outOfMemoryKills?: number;
}

/** A command that has been started. */
export interface CommandRun {
  /** How it ended, after its last output. Rejects with `sandbox_lost` and the like when nobody knows. */
  readonly ended: Promise<CommandExit>;
  /** With live input. */
  readonly stdin?: Writable;
  /** Kills its process tree and returns when that is gone. */
  kill(signal: AbortSignal): Promise<void>;
  /** Sends a signal to its process tree. */
  send(name: string, signal: AbortSignal): Promise<void>;
  resize(size: TerminalSize): Promise<void>;
}

/** The way of commands into the guest. */
export interface Commands {
  start(command: GuestCommand, io: CommandInput, signal: AbortSignal): Promise<CommandRun>;
}

import type { TerminalSize } from "./contract/process.js";

interface CommonCommandOptions {
  /** Absolute path in the guest. Default: the sandbox's working directory. */
  cwd?: string;
  /** Added to the sandbox's environment. */
  env?: Record<string, string>;
  /** Default: the sandbox's user. */
  user?: string;
  /** The command's whole process tree is killed after this many milliseconds. Default: no limit. */
  timeoutMs?: number;
  /** Aborting kills the command's whole process tree. */
  signal?: AbortSignal;
}

export interface ExecOptions extends CommonCommandOptions {
  /** Standard input, then end of input. Default: end of input at once. */
  input?: string | Uint8Array;
  /** Kept of standard output and of standard error each; the rest is read and dropped. Default: 16 MiB. */
  maxOutputBytes?: number;
  /** Rejects with `command_failed` unless the command exits with 0. Default: false. */
  check?: boolean;
}

export interface SpawnOptions extends CommonCommandOptions {
  /** A terminal: `true` is 80 × 24. Its output is all `stdout`. Default: none. */
  tty?: boolean | TerminalSize;
  /** False: end of input at once, which spares a shell of its own for the command. Default: true. */
  stdin?: boolean;
  /** All of standard input, then end of input. The command has no `stdin` then. A short one spares a shell as well. */
  input?: string | Uint8Array;
}

/** For calls that only wait for the engine. */
export interface CallOptions {
  /** Default: 30 000. */
  timeoutMs?: number;
  signal?: AbortSignal;
}

import type { Writable } from "node:stream";

/** A piece of output, in the order in which it came. */
export interface OutputChunk {
  readonly stream: "stdout" | "stderr";
  readonly data: Uint8Array;
}

/** How a process ended. Exactly one of the two is set. */
export interface ProcessExit {
  /** 0–255, or null after death by a signal. */
  readonly exitCode: number | null;
  /** `SIGKILL`, `SIGTERM` …, or null after an exit. */
  readonly signal: string | null;
}

/** What `exec` gives. A non-zero exit and death by a signal are results, not errors. */
export interface CommandResult extends ProcessExit {
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output as the bytes it was, of which `stdout` is the UTF-8 reading. */
  readonly stdoutBytes: Uint8Array;
  readonly stderrBytes: Uint8Array;
  /** True when output went beyond `maxOutputBytes` and the rest was dropped. */
  readonly truncated: boolean;
  /** True when the kernel killed something in the sandbox for want of memory while the command ran. */
  readonly outOfMemory: boolean;
  /** From the call to the end of the command, in milliseconds. */
  readonly durationMs: number;
}

/** Size of a terminal in characters. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** A process that an engine is to start in the guest. */
export interface ProcessSpec {
  /** Passed on exactly as it is, without a shell. At least one element. */
  readonly argv: readonly string[];
  /** Default: the sandbox's user. */
  readonly user?: string;
  /** Default: the sandbox's working directory. */
  readonly cwd?: string;
  /** Added to the sandbox's environment. May hold secrets: keep it off argument lists and records. */
  readonly env?: Readonly<Record<string, string>>;
  /** A terminal of this size. Its output is all `stdout`. Default: none. */
  readonly tty?: TerminalSize;
}

/** A process in the guest as an engine gives it: bytes in, bytes out, an end. */
export interface RawProcess {
  /** Standard input. Ending it gives the process end of input. */
  readonly stdin: Writable;
  /**
   * Standard output and error until both have ended. Read once, by core. Nothing is buffered beyond a few
   * chunks while nobody reads (G7). Throws a `SandboxError` when the connection is lost.
   */
  readonly output: AsyncIterable<OutputChunk>;
  /** How it ended, as the engine tells it. Rejects with `sandbox_lost` when nobody knows. Never guessed. */
  readonly exited: Promise<ProcessExit>;
  /**
   * With `commands: "engine"`: sends the signal to the process and everything it started. After `SIGKILL`
   * it returns when all of that is gone (G5).
   */
  kill?(signal: string): Promise<void>;
  /** Where `terminals` is declared. */
  resize?(size: TerminalSize): Promise<void>;
  /** Closes the connection from this side at once. The process sees end of input, no more is promised. */
  disconnect(): void;
}

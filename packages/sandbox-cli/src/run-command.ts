import { type Sandbox, SandboxError, type SpawnOptions } from "@nanoclaw/sandbox";
import { formatDuration } from "./command-line/duration.js";
import { exitCodeOf } from "./interrupt.js";
import { connect, type StreamFlags, terminalFor } from "./streams.js";
import { ClosedPipe, notice } from "./terminal/output.js";

/** As `timeout(1)` tells that the time was up. */
const TIME_IS_UP = 124;

export interface CommandFlags extends StreamFlags {
  /** Milliseconds. */
  readonly timeout?: number;
}

/** Runs a command with our streams as its own, and gives the exit code that tells how it ended. */
export async function runCommand(
  sandbox: Sandbox,
  command: readonly string[],
  flags: CommandFlags,
  options: SpawnOptions & { signal: AbortSignal },
): Promise<number> {
  const tty = terminalFor(flags);
  const env = tty ? { TERM: process.env.TERM ?? "xterm", ...options.env } : options.env;
  const stdin = flags.tty === true || flags.interactive === true;
  const child = await sandbox.spawn(command, { ...options, env, tty, stdin, timeoutMs: flags.timeout });
  try {
    const { exitCode, signal, outOfMemory } = await connect(child, flags, options.signal);
    if (outOfMemory) notice("sandbox: The sandbox ran out of memory; the kernel killed something in it.");
    return exitCode ?? exitCodeOf(signal ?? "SIGKILL");
  } catch (error) {
    // Whatever core rejects with has ended the command. What failed on our side has not.
    if (!SandboxError.is(error)) await child.kill();
    if (error instanceof ClosedPipe) return exitCodeOf("SIGPIPE");
    if (!SandboxError.is(error, "timeout")) throw error;
    notice(`sandbox: The command was killed: its time of ${formatDuration(flags.timeout ?? 0)} was up.`);
    return TIME_IS_UP;
  }
}

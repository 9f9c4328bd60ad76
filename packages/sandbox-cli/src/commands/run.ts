import { createOptionsFrom, type SandboxFlags } from "../command-line/sandbox-flags.js";
import { UsageError } from "../command-line/usage-error.js";
import { type EngineFlags, engineToRunOn } from "../engines/open.js";
import { keepForLater } from "../keep.js";
import { openPorts } from "../open-ports.js";
import { type CommandFlags, runCommand } from "../run-command.js";
import { startSandbox } from "../start-sandbox.js";
import { checkStreams } from "../streams.js";
import { withProgress } from "../terminal/progress.js";

const KEEP_MS = 60 * 60 * 1000;

export interface RunFlags extends EngineFlags, SandboxFlags, CommandFlags {
  /** Milliseconds for which the sandbox stays after the command; 0: as long as `ttl` says. Default: it goes. */
  readonly keep?: number;
  /** Milliseconds. */
  readonly ttl?: number;
}

/** Creates a sandbox, runs one command in it and destroys it. Gives the exit code. */
export async function run(command: readonly string[], flags: RunFlags, signal: AbortSignal): Promise<number> {
  checkStreams(flags);
  if (flags.ttl !== undefined && flags.keep === undefined) throw new UsageError("--ttl goes with --keep.");
  const options = createOptionsFrom(flags);
  const provider = await engineToRunOn(flags, signal);
  const sandbox = await startSandbox(provider, options, signal);
  let kept = false;
  try {
    await openPorts(sandbox, flags.port, signal);
    const exitCode = await runCommand(sandbox, command, flags, { signal });
    if (flags.keep !== undefined) {
      await keepForLater(sandbox, flags.keep || flags.ttl || KEEP_MS);
      kept = true;
    }
    return exitCode;
  } finally {
    if (kept) await sandbox.detach();
    else await withProgress(`Removing the sandbox ${sandbox.id}`, () => sandbox.destroy());
  }
}

import { createOptionsFrom, type SandboxFlags } from "../command-line/sandbox-flags.js";
import { UsageError } from "../command-line/usage-error.js";
import { type EngineFlags, engineToRunOn } from "../engines/open.js";
import { tellFailure } from "../failure.js";
import { KEEP_MS, keepForLater } from "../keep.js";
import { openPorts, tellPort } from "../open-ports.js";
import { type CommandFlags, runCommand } from "../run-command.js";
import { startSandbox } from "../start-sandbox.js";
import { checkStreams } from "../streams.js";
import { withProgress } from "../terminal/progress.js";

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
  checkKeep(command, flags.keep);
  const options = createOptionsFrom(flags);
  const provider = await engineToRunOn(flags, signal);
  const sandbox = await startSandbox(provider, options, signal);
  const remove = () => withProgress(`Removing the sandbox ${sandbox.id}`, () => sandbox.destroy());
  let exitCode: number;
  try {
    for (const port of await openPorts(sandbox, flags.port, signal)) tellPort(port);
    exitCode = await runCommand(sandbox, command, flags, { signal });
    if (flags.keep !== undefined) {
      await keepForLater(sandbox, flags.keep || flags.ttl || KEEP_MS);
      await sandbox.detach();
      return exitCode;
    }
  } catch (error) {
    // The first failure is the one that explains.
    await remove().catch((second) => tellFailure(second, flags.verbose));
    throw error;
  }
  await remove();
  return exitCode;
}

/** The command begins where a time behind a space would stand. */
function checkKeep([first = ""]: readonly string[], keep: number | undefined): void {
  if (keep === 0 && /^\d+(ms|s|m|h|d)$/.test(first))
    throw new UsageError(`Write --keep=${first}, without a space.`);
}

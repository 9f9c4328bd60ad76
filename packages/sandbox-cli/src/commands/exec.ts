import { attachSandbox } from "@nanoclaw/sandbox";
import { readEnvironment } from "../command-line/environment.js";
import { readSecrets } from "../command-line/secrets.js";
import { findSandbox } from "../engines/find-sandbox.js";
import { type EngineFlags, enginesToAsk } from "../engines/open.js";
import { type CommandFlags, runCommand } from "../run-command.js";
import { tellTrouble } from "../start-sandbox.js";
import { checkStreams } from "../streams.js";

export interface ExecFlags extends EngineFlags, CommandFlags {
  readonly env?: string[];
  readonly envFile?: string[];
  readonly secret?: string[];
  readonly workdir?: string;
  readonly user?: string;
}

/** Runs a command in a sandbox that is there. Gives the exit code. */
export async function exec(
  idOrName: string,
  command: readonly string[],
  flags: ExecFlags,
  signal: AbortSignal,
): Promise<number> {
  checkStreams(flags);
  const env = readEnvironment(flags);
  const secrets = readSecrets(flags.secret);
  const engines = await enginesToAsk(flags, signal);
  const { provider, sandbox: found } = await findSandbox(idOrName, engines, signal);
  const sandbox = await attachSandbox(provider, found.id, { secrets, signal, onEvent: tellTrouble });
  try {
    return await runCommand(sandbox, command, flags, { env, cwd: flags.workdir, user: flags.user, signal });
  } finally {
    await sandbox.detach();
  }
}

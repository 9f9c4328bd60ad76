import { createOptionsFrom, type SandboxFlags } from "../command-line/sandbox-flags.js";
import { type EngineFlags, engineToRunOn } from "../engines/open.js";
import { startSandbox } from "../start-sandbox.js";
import { notice, write } from "../terminal/output.js";

export interface CreateFlags extends EngineFlags, SandboxFlags {
  /** Milliseconds until the sandbox ends by itself. */
  readonly ttl: number;
  readonly json?: boolean;
}

/** Creates a sandbox that outlives this program, and prints its id. */
export async function create(flags: CreateFlags, signal: AbortSignal): Promise<number> {
  const options = createOptionsFrom(flags);
  const provider = await engineToRunOn(flags, signal);
  const sandbox = await startSandbox(provider, { ...options, lifetime: { ttlMs: flags.ttl } }, signal);
  const { id, name } = sandbox;
  const expiresAt = new Date(Date.now() + flags.ttl).toISOString();
  try {
    const shown = flags.json ? JSON.stringify({ id, name, engine: provider.name, expiresAt }) : id;
    await write(process.stdout, `${shown}\n`, signal);
  } catch (error) {
    // Nobody would know that it is there.
    await sandbox.destroy();
    throw error;
  }
  await sandbox.detach();
  if (flags.verbose) notice(`sandbox: ${id} ends by itself at ${expiresAt}`);
  return 0;
}

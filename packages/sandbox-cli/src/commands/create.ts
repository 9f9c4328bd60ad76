import type { SandboxProvider } from "@nanoclaw/sandbox";
import { createOptionsFrom, type SandboxFlags } from "../command-line/sandbox-flags.js";
import { UsageError } from "../command-line/usage-error.js";
import { type EngineFlags, engineToRunOn } from "../engines/open.js";
import { openPorts, tellPort } from "../open-ports.js";
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
  checkPorts(provider, flags.port);
  const sandbox = await startSandbox(provider, { ...options, lifetime: { ttlMs: flags.ttl } }, signal);
  const { id, name } = sandbox;
  const expiresAt = new Date(Date.now() + flags.ttl).toISOString();
  try {
    const ports = await openPorts(sandbox, flags.port, signal);
    const shown = flags.json ? JSON.stringify({ id, name, engine: provider.name, expiresAt, ports }) : id;
    await write(process.stdout, `${shown}\n`, signal);
    if (!flags.json) ports.forEach(tellPort);
  } catch (error) {
    // Nobody would know that it is there.
    await sandbox.destroy();
    throw error;
  }
  await sandbox.detach();
  if (flags.verbose) notice(`sandbox: ${id} ends by itself at ${expiresAt}`);
  return 0;
}

/** Where this program is the way to a port, the way would end with it. */
function checkPorts({ name, capabilities }: SandboxProvider, ports: readonly number[] = []): void {
  if (ports.length > 0 && capabilities.ports === "anytime") {
    throw new UsageError(`--port: on ${name} a port is open while "sandbox run" runs. Leave it out here.`);
  }
}

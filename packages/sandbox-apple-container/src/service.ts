import { type CallContext, SandboxError } from "@nanoclaw/sandbox/adapter";
import type { ContainerCli } from "./engine.js";
import { isAnswer, startServiceCommand } from "./failures.js";
import { isTooOld, oldestVersion } from "./versions.js";

/** The service answers its client's ping within ten seconds or never (apple-container.md §3.3). */
const statusMs = 12_000;
/** A first start downloads a kernel and a file system for guests (§3.1). */
const startMs = 600_000;

/** Whether the service is up. What it says of itself has another shape from 1.4.1 on, and is not looked at here. */
async function isUp(cli: ContainerCli, signal: AbortSignal): Promise<boolean> {
  try {
    await cli.call(["system", "status", "--format=json"], { signal, timeoutMs: statusMs });
    return true;
  } catch (error) {
    // It tells on standard output that it is down, and ends with 1.
    if (isAnswer(error)) return false;
    throw error;
  }
}

/**
 * Returns when containers can be made. Starts the service only if that is allowed.
 * @throws SandboxError `engine_unavailable` for a release before 1.0, and for a service that is down.
 */
export async function makeReady(cli: ContainerCli, mayStart: boolean, context: CallContext): Promise<void> {
  const { signal, emit } = context;
  const [version, up] = await Promise.all([cli.version(signal), isUp(cli, signal)]);
  if (isTooOld(version)) {
    throw new SandboxError("engine_unavailable", tooOld(version), { hint: updateHint, retryable: false });
  }
  if (up) return;
  if (!mayStart) {
    throw new SandboxError("engine_unavailable", "The service of container is not running.", {
      hint: `Start it: ${startServiceCommand}. Or let this program do so: appleContainer({ startService: true })`,
    });
  }
  emit({ type: "progress", phase: "start", message: "The service of container is started." });
  await cli.call(["system", "start", "--enable-kernel-install"], { signal, timeoutMs: startMs });
}

export const updateHint = "Update it: https://github.com/apple/container/releases";

export function tooOld(version: string | undefined): string {
  return `container ${version} is too old: ${oldestVersion} or later is needed, as its lists had another shape before.`;
}

import type { Sandbox } from "@nanoclaw/sandbox";
import { formatDuration } from "./command-line/duration.js";
import { notice } from "./terminal/output.js";

/** How long a sandbox lives that nobody said it of. */
export const KEEP_MS = 60 * 60 * 1000;

/** Lets a sandbox outlive this program, and says how to get in and how to remove it. */
export async function keepForLater(sandbox: Sandbox, ttlMs: number): Promise<void> {
  await sandbox.keep({ ttlMs });
  const engine = `--engine ${sandbox.provider}`;
  notice(`sandbox: Kept for ${formatDuration(ttlMs)}: ${sandbox.id}`);
  notice(`  look inside: sandbox exec ${engine} -it ${sandbox.id} sh`);
  notice(`  remove:      sandbox rm ${engine} ${sandbox.id}`);
}

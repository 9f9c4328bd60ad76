import { isAlive, type Owner, thisOwner } from "@nanoclaw/sandbox/adapter";

/** On macOS to look closely means to start a program. For so long a pid that is there is taken for who it was. */
const TRUSTED_MS = 5_000;

const lookedAt = new Map<string, number>();

/** Whether a process is known to have ended. */
export async function hasEnded(owner: Owner): Promise<boolean> {
  const self = await thisOwner();
  if (owner.host === self.host) {
    if (owner.pid === self.pid && owner.startedAt === self.startedAt) return false;
    if (!isThere(owner.pid)) return true;
  }
  const key = `${owner.host} ${owner.pid} ${owner.startedAt}`;
  if (performance.now() - (lookedAt.get(key) ?? Number.NEGATIVE_INFINITY) < TRUSTED_MS) return false;
  const alive = await isAlive(owner).catch(() => undefined);
  if (alive === false) return true;
  if (lookedAt.size > 1_000) lookedAt.clear();
  if (alive && owner.host === self.host) lookedAt.set(key, performance.now());
  return false;
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

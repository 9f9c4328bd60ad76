import { readFileSync } from "node:fs";

/** How soon a death is noticed, in milliseconds. */
const POLL_MS = 250;

/** Asked for as early as this process can: later it may be whoever takes in orphans. */
const parent = process.ppid;

/**
 * Calls back when the process that started this one has ended. Docker's own program would let the container run on,
 * which nobody listens to any more. No event tells it: standard input may be at its end since the start, and the end
 * of a reader of standard output shows only when there is something to write.
 */
export function onParentGone(gone: () => void): () => void {
  if (tookInAnOrphan(parent)) {
    gone();
    return () => undefined;
  }
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    gone();
  }, POLL_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/**
 * Whether the parent is another than who started this process, which ended before this process could look. A process is
 * born in its parent's session, and in no other unless it leads its own.
 */
function tookInAnOrphan(pid: number): boolean {
  // Nothing is started by launchd in place of a host.
  if (process.platform !== "linux") return pid === 1;
  const own = sessionOf(process.pid);
  const session = sessionOf(pid);
  return session !== undefined && session !== own && own !== process.pid;
}

/** Field 6 of proc_pid_stat(5); undefined for a process that has just ended, or is outside of this process namespace. */
function sessionOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[3]);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ESRCH") return undefined;
    throw error;
  }
}

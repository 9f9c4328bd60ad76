import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { hasErrorCode } from "../failures.js";

const POLL_MS = 5;

/**
 * Ends the helper of a container whose service died, and with it the container. Nothing happens where it has ended, or
 * its number is another process's by now.
 *
 * @param files The container's own, which its helper was started with.
 */
export async function endLeftHelper(pid: number, files: string): Promise<void> {
  if (!isHelper(pid, files)) return;
  kill(pid);
  while (isHelper(pid, files)) await delay(POLL_MS);
}

/** What has ended and waits for its parent to take notice has no arguments any more. */
function isHelper(pid: number, files: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").includes(files);
  } catch (error) {
    if (hasErrorCode(error, "ENOENT") || hasErrorCode(error, "ESRCH")) return false;
    throw error;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if (!hasErrorCode(error, "ESRCH")) throw error;
  }
}

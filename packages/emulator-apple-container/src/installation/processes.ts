import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { hasErrorCode } from "../failures.js";

const POLL_MS = 10;
const LIMIT_MS = 10_000;

export interface RunningCommand {
  readonly pid: number;
  readonly command: string;
}

/** Every process with this word among its first arguments: the program or the directory that it was started with. */
export function processesWith(word: string): RunningCommand[] {
  return readdirSync("/proc").flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return [];
    const argv = argumentsOf(entry);
    return argv.slice(0, 3).includes(word) ? [{ pid: Number(entry), command: argv.join(" ").trim() }] : [];
  });
}

/** Ends them all, and returns when they are gone. Throws where some are still there after ten seconds. */
export async function endProcesses(word: string): Promise<void> {
  const deadline = Date.now() + LIMIT_MS;
  for (;;) {
    const left = processesWith(word);
    if (left.length === 0) return;
    if (Date.now() > deadline) {
      throw new Error(`still there: ${left.map(({ command }) => command).join("; ")}`);
    }
    for (const { pid } of left) kill(pid);
    await delay(POLL_MS);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if (!hasErrorCode(error, "ESRCH")) throw error;
  }
}

/** Empty for one that has ended. */
function argumentsOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  } catch (error) {
    if (hasErrorCode(error, "ENOENT") || hasErrorCode(error, "ESRCH")) return [];
    throw error;
  }
}

import { readdirSync, readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { hasErrorCode } from "./failures.js";

export interface RunningCommand {
  readonly pid: number;
  readonly command: string;
}

/** Every process that runs this executable, by the path under which it was started. */
export function processesOf(executable: string): RunningCommand[] {
  return readdirSync("/proc").flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return [];
    const argv = argvOf(entry);
    // `env node PATH` for a moment, by the program's first line, and then `node PATH`.
    return argv.slice(0, 3).includes(executable) ? [{ pid: Number(entry), command: argv.join(" ") }] : [];
  });
}

/** Ends them all, and returns when they are gone. Throws where some are still there after five seconds. */
export async function endAll(executable: string): Promise<void> {
  const deadline = Date.now() + 5000;
  // In the middle of an exec a process has no words for a moment, so that one look is not enough.
  for (let looksWithout = 0; looksWithout < 2; ) {
    const left = processesOf(executable);
    looksWithout = left.length === 0 ? looksWithout + 1 : 0;
    if (left.length > 0 && Date.now() > deadline)
      throw new Error(`still there: ${left.map(({ command }) => command).join("; ")}`);
    for (const { pid } of left) kill(pid);
    await setTimeout(10);
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
function argvOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  } catch (error) {
    if (hasErrorCode(error, "ENOENT") || hasErrorCode(error, "ESRCH")) return [];
    throw error;
  }
}

import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { promisify } from "node:util";
import type { Target } from "./target.js";

/** Every process of the host with its arguments. Guests whose processes the host cannot see are not in it. */
export async function hostProcesses(target: Target): Promise<string> {
  if (target.processTable) return await target.processTable();
  if (process.platform !== "linux") {
    const { stdout } = await promisify(execFile)("ps", ["-A", "-ww", "-E", "-o", "pid=,command="]);
    return stdout;
  }
  const lines: string[] = [];
  for (const pid of await readdir("/proc")) {
    if (!/^\d+$/.test(pid)) continue;
    const argv = await readIfThere(`/proc/${pid}/cmdline`);
    if (argv) lines.push(`${pid} ${argv.replaceAll("\0", " ")}`);
  }
  return lines.join("\n");
}

/** The lines of the host's process table that have this text. */
export async function hostProcessesWith(target: Target, text: string): Promise<string[]> {
  return (await hostProcesses(target)).split("\n").filter((line) => line.includes(text));
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, "latin1");
  } catch {
    // It has ended between the listing and the reading, which is what "not there" means here.
    return "";
  }
}

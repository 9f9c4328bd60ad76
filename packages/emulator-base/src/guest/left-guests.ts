import { readdirSync, readFileSync } from "node:fs";
import { linksOf } from "./network.js";

/**
 * What there is of guests whose files are below this directory and whose owner it is: a line for each process and
 * network. Empty when they are gone.
 */
export async function leftGuests(directory: string): Promise<string[]> {
  const links = await linksOf(directory);
  return [...processesBelow(directory), ...links.map((link) => `network ${link}`)];
}

/** Processes whose root directory or arguments are below the directory. */
function processesBelow(directory: string): string[] {
  const found: string[] = [];
  for (const pid of readdirSync("/proc")) {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) continue;
    const command = read(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim();
    const mounted = read(`/proc/${pid}/mountinfo`);
    if (command.includes(`${directory}/`) || mounted.includes(`${directory}/`)) {
      found.push(`process ${pid} ${command}`);
    }
  }
  return found;
}

/** Nothing where the process has ended. */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

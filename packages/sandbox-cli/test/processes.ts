import { readdirSync, readFileSync } from "node:fs";

export interface HostProcess {
  readonly pid: number;
  readonly command: string;
}

/**
 * Processes of the host that were started with this text in their environment or arguments, such as everything that a
 * run with a state directory of its own has started.
 */
export function processesWith(text: string): HostProcess[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map((pid) => ({ pid, command: read(pid, "cmdline").replaceAll("\0", " ") }))
    .filter(({ pid, command }) => command.includes(text) || read(pid, "environ").includes(text))
    .map(({ pid, command }) => ({ pid: Number(pid), command }));
}

function read(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch {
    // It has ended between the listing and the reading.
    return "";
  }
}

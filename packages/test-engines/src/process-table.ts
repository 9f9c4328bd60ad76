import { readdirSync } from "node:fs";
import { identify, parentOf, readProcFile } from "./process-identity.js";

export interface ProcessEntry {
  readonly pid: number;
  /** The arguments with spaces between them, or the program's name in brackets where there are none. */
  readonly command: string;
}

/** Every process that this one can see, those that ended and wait for their parent excepted. Linux only. */
function listProcesses(): ProcessEntry[] {
  const entries: ProcessEntry[] = [];
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const pid = Number(name);
    const command = readProcFile(pid, "cmdline")?.replaceAll("\0", " ").trim();
    if (command === undefined || identify(pid) === undefined) continue;
    entries.push({ pid, command: command === "" ? `[${readProcFile(pid, "comm")?.trim()}]` : command });
  }
  return entries;
}

/** The processes with this text in their arguments, without the calling process. */
export function processesContaining(text: string): ProcessEntry[] {
  return listProcesses().filter(({ pid, command }) => pid !== process.pid && command.includes(text));
}

/** Whether any process but the calling one has this text in its arguments. */
export function processTableContains(text: string): boolean {
  return processesContaining(text).length > 0;
}

/** The children of a process, their children, and so on. */
export function descendantsOf(ancestor: number): ProcessEntry[] {
  const entries = listProcesses();
  const parents = new Map(entries.map(({ pid }) => [pid, parentOf(pid)]));
  return entries.filter(({ pid }) => {
    let parent = parents.get(pid);
    while (parent !== undefined && parent !== ancestor) parent = parents.get(parent);
    return parent === ancestor;
  });
}

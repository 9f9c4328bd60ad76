import { readFileSync } from "node:fs";
import { hasErrorCode } from "./error-code.js";

/** One process of this machine, named so that a later one with the same id is not taken for it. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks from the machine's boot to the start of the process. */
  readonly startTime: string;
}

/** The process with this id; undefined where there is none, or only what is left of one that ended. */
export function identify(pid: number): ProcessIdentity | undefined {
  const fields = statFields(pid);
  if (fields === undefined || fields.state === "Z" || fields.state === "X") return undefined;
  return { pid, startTime: fields.startTime };
}

/** Whether exactly this process still runs. */
export function isAlive(process: ProcessIdentity): boolean {
  return identify(process.pid)?.startTime === process.startTime;
}

/** `"pid startTime"`, as the state on disk has it. */
export function formatIdentity({ pid, startTime }: ProcessIdentity): string {
  return `${pid} ${startTime}\n`;
}

/** The opposite of `formatIdentity`; undefined for any other text. */
export function parseIdentity(text: string): ProcessIdentity | undefined {
  const [, pid, startTime] = /^(\d+) (\d+)\s*$/.exec(text) ?? [];
  return pid === undefined || startTime === undefined ? undefined : { pid: Number(pid), startTime };
}

/** The parent's id; undefined where there is no such process. */
export function parentOf(pid: number): number | undefined {
  return statFields(pid)?.parent;
}

/** A file of a process under `/proc`; undefined when the process has ended. */
export function readProcFile(pid: number, name: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch (error) {
    // ESRCH: it ended between opening the file and reading it.
    if (hasErrorCode(error, "ENOENT") || hasErrorCode(error, "ESRCH")) return undefined;
    throw error;
  }
}

function statFields(pid: number): { state: string; parent: number; startTime: string } | undefined {
  const stat = readProcFile(pid, "stat");
  if (stat === undefined) return undefined;
  // The second field is the program's name in brackets, and may itself have spaces and brackets.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return { state: fields[0] ?? "X", parent: Number(fields[1]), startTime: fields[19] ?? "" };
}

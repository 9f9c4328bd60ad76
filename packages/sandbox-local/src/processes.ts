import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

/** A process that cannot be mistaken for a later one with the same id. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks from the boot to its start. */
  readonly startedAt: string;
}

/** A process as `/proc/PID/stat` tells it; see proc_pid_stat(5). */
interface ProcessState extends ProcessIdentity {
  readonly parent: number;
  /** Ticks of processor time, with that of its children that were waited for. */
  readonly cpuTicks: number;
  readonly threads: number;
  readonly dead: boolean;
}

/** Between two looks for processes, in milliseconds: longer than a process takes to become another program. */
const anotherLookMs = 10;

/** A process by its id, or undefined when it is no more. */
export function identify(pid: number): ProcessIdentity | undefined {
  const state = stateOf(pid);
  return state && !state.dead ? { pid, startedAt: state.startedAt } : undefined;
}

/** A child of this parent, or undefined when it is none or dead. While the parent lives there is no doubt which it is. */
export function identifyChild(pid: number, parent: number): ProcessIdentity | undefined {
  const state = stateOf(pid);
  return state && !state.dead && state.parent === parent ? { pid, startedAt: state.startedAt } : undefined;
}

export function isAlive({ pid, startedAt }: ProcessIdentity): boolean {
  return identify(pid)?.startedAt === startedAt;
}

/** Kills this process and no other, unless it is dead. */
export function kill(identity: ProcessIdentity): void {
  if (!isAlive(identity)) return;
  try {
    process.kill(identity.pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/**
 * Returns when the process is dead. That of process 1 of a sandbox is dead only after everything in the sandbox
 * is. It is nobody's child here, so it has to be looked at.
 */
export async function waitForEnd(identity: ProcessIdentity, signal?: AbortSignal): Promise<void> {
  for (let waitMs = 1; isAlive(identity); waitMs = Math.min(waitMs * 2, 20)) {
    signal?.throwIfAborted();
    await delay(waitMs);
  }
}

/**
 * Ends what was started for the sandbox with this mark, whether that was recorded or not. Its processes are found
 * by the command lines of bubblewrap and of process 1, until none is left. While one becomes another program its
 * command line is empty: so it is looked once more.
 */
export async function endMarked(mark: string, signal?: AbortSignal): Promise<void> {
  for (let emptyLooks = 0; emptyLooks < 2; ) {
    const found = findMarked(mark);
    for (const each of found) kill(each);
    for (const each of found) await waitForEnd(each, signal);
    emptyLooks = found.length === 0 ? emptyLooks + 1 : 0;
    if (emptyLooks === 1) await delay(anotherLookMs);
  }
}

/** Processes that carry the mark at the places where the command lines of a sandbox have it. */
export function findMarked(mark: string): ProcessIdentity[] {
  return allPids()
    .filter((pid) => {
      const argv = readProc(pid, "cmdline")?.split("\0") ?? [];
      return argv[3] === mark || argv[4] === mark;
    })
    .flatMap((pid) => identify(pid) ?? []);
}

/** A process and all that descend from it, those too that are dead and not yet waited for. */
export function familyOf(pid: number): ProcessState[] {
  const all = allPids().flatMap((each) => stateOf(each) ?? []);
  const family = all.filter((each) => each.pid === pid);
  for (const member of family) family.push(...all.filter(({ parent }) => parent === member.pid));
  return family;
}

/** Memory of a process, in bytes, its share of what it shares. */
export function memoryOf(pid: number): number {
  const rollup = readProc(pid, "smaps_rollup") ?? "";
  return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0) * 1024;
}

function stateOf(pid: number): ProcessState | undefined {
  const stat = readProc(pid, "stat");
  if (!stat) return undefined;
  // The name in parentheses may hold anything, parentheses too.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state = "", parent] = fields;
  const ticks = fields.slice(11, 15).map(Number);
  return {
    pid,
    parent: Number(parent),
    startedAt: fields[19] ?? "",
    cpuTicks: ticks.reduce((sum, each) => sum + each, 0),
    threads: Number(fields[17]),
    dead: "ZX".includes(state),
  };
}

function allPids(): number[] {
  return readdirSync("/proc").map(Number).filter(Number.isInteger);
}

/** A file of a process, or undefined when the process is gone or another user's. */
function readProc(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ESRCH" || code === "EACCES") return undefined;
    throw error;
  }
}

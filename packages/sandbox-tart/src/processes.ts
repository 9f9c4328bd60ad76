import { readFileSync } from "node:fs";
import { pause } from "@nanoclaw/sandbox/adapter";
import { execa } from "execa";

/** A process of the host that cannot be mistaken for a later one with the same id. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, as the kernel tells it. */
  readonly startedAt: string;
}

/** A process by its id, or undefined when it is no more. */
export async function identify(pid: number): Promise<ProcessIdentity | undefined> {
  const startedAt = process.platform === "linux" ? startOnLinux(pid) : await startByPs(pid);
  return startedAt === undefined ? undefined : { pid, startedAt };
}

export async function isAlive({ pid, startedAt }: ProcessIdentity): Promise<boolean> {
  return (await identify(pid))?.startedAt === startedAt;
}

/** Sends a signal to this process and no other, unless it is dead. */
async function sendSignal(identity: ProcessIdentity, signal: "SIGINT" | "SIGKILL"): Promise<void> {
  if (!(await isAlive(identity))) return;
  try {
    process.kill(identity.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Whether the process is dead within this time. It may be nobody's child here, so it has to be looked at. */
export async function isGoneWithin(
  identity: ProcessIdentity,
  patienceMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  const until = performance.now() + patienceMs;
  for (let waitMs = 2; await isAlive(identity); waitMs = Math.min(waitMs * 2, 100)) {
    if (performance.now() >= until) return false;
    await pause(waitMs, signal);
  }
  return true;
}

/**
 * Ends a `tart` process, and returns when it is gone. SIGINT makes `run` power the machine off and `clone` or
 * `pull` take back what they have made; SIGTERM would be the end of the machine with nothing tidied.
 */
export async function endProcess(
  identity: ProcessIdentity,
  patienceMs: number,
  signal: AbortSignal,
): Promise<void> {
  await sendSignal(identity, "SIGINT");
  if (await isGoneWithin(identity, patienceMs, signal)) return;
  await sendSignal(identity, "SIGKILL");
  while (!(await isGoneWithin(identity, 60_000, signal)));
}

/** Boot and clock ticks since then, see proc_pid_stat(5). A zombie is dead. */
function startOnLinux(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (fields[0] === "Z" || fields[0] === "X") return undefined;
    return `${readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim()} ${fields[19]}`;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ESRCH") return undefined;
    throw error;
  }
}

/** The same text whatever language and time zone the program that asks has. Nothing for a zombie. */
async function startByPs(pid: number): Promise<string | undefined> {
  const { stdout } = await execa("/bin/ps", ["-o", "stat=,lstart=", "-p", String(pid)], {
    env: { LC_ALL: "C", TZ: "UTC" },
    reject: false,
  });
  const [state = "", ...start] = stdout.trim().split(/\s+/);
  return state === "" || state.startsWith("Z") ? undefined : start.join(" ");
}

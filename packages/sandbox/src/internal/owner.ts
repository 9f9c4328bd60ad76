import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { SandboxError } from "../contract/error.js";
import type { Owner } from "../contract/request.js";

const run = promisify(execFile);

/** Where this user's installation keeps what must outlive a process. */
export function stateDirectory(): string {
  const base = process.env.XDG_STATE_HOME || join(homedir(), ".local", "state");
  return join(base, "nanoclaw-sandbox");
}

/** The random id of this installation, made at first use. Two processes that make it at once agree. */
function installation(): string {
  const directory = stateDirectory();
  const file = join(directory, "installation");
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw cannotKeepState(directory, error);
  }
  const own = `${file}.${randomUUID()}`;
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    writeFileSync(own, randomUUID());
    try {
      linkSync(own, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    throw cannotKeepState(directory, error);
  } finally {
    rmSync(own, { force: true });
  }
}

function cannotKeepState(directory: string, cause: unknown): SandboxError {
  return new SandboxError("permission_denied", `The state directory ${directory} cannot be used.`, {
    cause,
    hint: "Make it writable, or set XDG_STATE_HOME to a directory that is.",
  });
}

let here: Promise<string> | undefined;

/** Machine, boot and pid namespace, between colons. They stay what they are while this process lives. */
function host(): Promise<string> {
  here ??= lookAround();
  here.catch(() => {
    here = undefined;
  });
  return here;
}

async function lookAround(): Promise<string> {
  if (process.platform === "linux") {
    const machine = readFirst("/etc/machine-id", "/var/lib/dbus/machine-id");
    const boot = readFirst("/proc/sys/kernel/random/boot_id");
    return [machine, boot, readlinkSync("/proc/self/ns/pid").replace(/\D/g, "")].join(":");
  }
  const [machine, boot] = await Promise.all([
    run("sysctl", ["-n", "kern.uuid"]),
    run("sysctl", ["-n", "kern.bootsessionuuid"]),
  ]);
  return [machine.stdout.trim(), boot.stdout.trim(), ""].join(":");
}

function readFirst(...paths: string[]): string {
  for (const path of paths) {
    try {
      return readFileSync(path, "utf8").trim();
    } catch (error) {
      // A process that ends while its entry in /proc is read gives ESRCH.
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "ENOENT" && code !== "ESRCH") throw error;
    }
  }
  return "";
}

/** When a process started, as its kernel tells it, or undefined when there is none. */
async function startOf(pid: number): Promise<string | undefined> {
  if (process.platform === "linux") {
    const stat = readFirst(`/proc/${pid}/stat`);
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // A zombie is dead (field 3 of proc_pid_stat(5)) when it was the last of its threads (field 20): those that are still
    // ending hold its files, and with them ports and pipes. Field 22 is the start.
    const ended = stat === "" || (fields[0] === "Z" && Number(fields[17]) <= 1);
    return ended ? undefined : fields[19];
  }
  // ps exits with 1 when there is no such process. It tells times in the language and zone of who asks.
  const env = { ...process.env, LC_ALL: "C", TZ: "UTC" };
  const ps = run("ps", ["-o", "lstart=", "-p", String(pid)], { env });
  const { stdout } = await ps.catch((error: { code?: unknown }) => {
    // That ps could not be started says nothing about the process.
    if (error.code !== 1) throw error;
    return { stdout: "" };
  });
  return stdout.trim() || undefined;
}

let own: Promise<Owner> | undefined;

/** This process, as a sandbox remembers it. */
export function thisOwner(): Promise<Owner> {
  own ??= (async () => ({
    installation: installation(),
    pid: process.pid,
    startedAt: (await startOf(process.pid)) ?? "",
    host: await host(),
  }))();
  own.catch(() => {
    own = undefined;
  });
  return own;
}

/** Whether the process of an owner still lives; null where that cannot be told from here. */
export async function isAlive(owner: Owner): Promise<boolean | null> {
  const [machine, boot, namespace] = (await host()).split(":");
  const [itsMachine, itsBoot, itsNamespace] = owner.host.split(":");
  if (machine !== itsMachine) return null;
  if (boot !== itsBoot) return false;
  if (namespace !== itsNamespace) return null;
  return (await startOf(owner.pid)) === owner.startedAt;
}

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { release, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type * as adapter from "@nanoclaw/sandbox/adapter";
import { defineCapabilities, mergeOutput, SandboxError } from "@nanoclaw/sandbox/adapter";

/** A directory for each installation, in it one for each sandbox: all that this engine remembers. */
const root = join(tmpdir(), "sandbox-child-process");

/** Plain child processes of the host: no wall at all, for programs that are trusted. Linux only. */
export function childProcess(): adapter.SandboxProvider {
  const network = { open: true, sharedWithHost: true };
  return {
    name: "child-process",
    capabilities: defineCapabilities({ isolation: "none", commands: "engine", network }),
    recovery: { module: import.meta.url, factory: "childProcess", options: {} },
    async probe() {
      const problems = process.platform === "linux" ? [] : [{ message: "This adapter reads Linux's /proc." }];
      return { available: problems.length === 0, version: release(), problems, details: {} };
    },
    create,
    list,
    remove,
  };
}

async function create(request: adapter.CreateRequest): Promise<adapter.SandboxDriver> {
  const { id, name, env, labels, owner, workdir } = request;
  const directory = join(root, owner.installation, id);
  if (name !== undefined && (await list(owner.installation)).some((each) => each.name === name)) {
    throw new SandboxError("already_exists", `The name ${name} is taken.`, { hint: "Choose another one." });
  }
  const home = join(directory, "home");
  await mkdir(home, { recursive: true });
  await mkdir(workdir ?? home, { recursive: true });
  const record: adapter.SandboxRecord = { id, name, labels, owner, state: "running", createdAt: Date.now() };
  await writeFile(join(directory, "record.new"), JSON.stringify(record));
  await rename(join(directory, "record.new"), join(directory, "record"));
  const environment = { PATH: process.env.PATH ?? "", HOME: home, ...env };
  let mark = firstMark(id);
  return {
    id,
    spawn: ({ argv, cwd = workdir ?? home, env }) =>
      start({ argv, cwd, env: { ...environment, ...env } }, join(directory, "record"), ++mark),
    detach: async () => undefined,
    destroy: () => remove(id, owner.installation),
  };
}

async function start(spec: adapter.ProcessSpec, record: string, mark: number): Promise<adapter.RawProcess> {
  const { argv, cwd = "", env } = spec;
  if (!existsSync(record)) throw ended();
  if (!(await stat(cwd).catch(() => undefined))?.isDirectory()) {
    throw new SandboxError("invalid_argument", `${cwd} is no directory.`, { hint: "Make it first." });
  }
  // A session of its own: signals to the owner's terminal or process group do not reach it.
  const child = spawn("/bin/sh", ["-c", marked, "sh", `${mark}`, ...argv], { cwd, env, detached: true });
  const exited = new Promise<adapter.ProcessExit>((resolve, reject) => {
    child.once("error", (cause) => reject(new SandboxError("adapter_fault", "/bin/sh failed.", { cause })));
    // Killed along with its sandbox, nobody knows how it would have ended.
    child.once("exit", (exitCode, signal) =>
      existsSync(record) ? resolve({ exitCode, signal }) : reject(ended()),
    );
  });
  exited.catch(() => undefined);
  // At the end of a child Node throws away what nobody reads, unless somebody listens.
  for (const stream of [child.stdout, child.stderr]) stream.on("readable", () => undefined);
  // From here on it can be found, and so killed, whatever it does.
  while (![mark, undefined].includes(markOf(child.pid))) await delay(1);
  if (!existsSync(record)) child.kill("SIGKILL");
  return {
    stdin: child.stdin,
    output: mergeOutput(child.stdout, child.stderr),
    exited,
    kill: (signal) => killAll(signal, (each) => each === mark),
    disconnect: () => void child.stdin.destroy(),
  };
}

function ended(): SandboxError {
  return new SandboxError("sandbox_lost", "The sandbox has ended.");
}

/**
 * Makes a process that can be recognised, and becomes the command. A limit on file locks, which Linux has not
 * enforced since 2.4, is passed on to all that the command starts: no setsid, no cleared environment loses it.
 */
const marked = 'ulimit -x "$1" 2>/dev/null || ulimit -w "$1"; shift; exec "$@"';

/** The marks of a sandbox's commands are the 65 535 numbers after this. */
function firstMark(id: string): number {
  return createHash("sha256").update(id).digest().readUInt32BE() * 65_536;
}

/** Undefined when the process has ended. */
function markOf(pid: number | string | undefined): number | undefined {
  try {
    // Not by an empty cmdline: that has everything for the moment in which it becomes another program.
    if (/\) [ZX] [^)]*$/.test(readFileSync(`/proc/${pid}/stat`, "latin1"))) return undefined;
    return Number(/^Max file locks +(\d+)/m.exec(readFileSync(`/proc/${pid}/limits`, "utf8"))?.[1]);
  } catch {
    return undefined;
  }
}

/** Sends a signal; after SIGKILL it returns when nothing is left, however fast new processes come up. */
async function killAll(signal: string, wanted: (mark: number) => boolean): Promise<void> {
  for (;;) {
    const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && wanted(markOf(name) ?? 0));
    for (const pid of pids) {
      try {
        process.kill(Number(pid), signal);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
      }
    }
    if (pids.length === 0 || signal !== "SIGKILL") return;
    await delay(5);
  }
}

async function list(installation: string): Promise<adapter.SandboxRecord[]> {
  const ids = await readdir(join(root, installation)).catch(() => []);
  // One without a record is being made or removed.
  const read = (id: string) => readFile(join(root, installation, id, "record"), "utf8").catch(() => "");
  const texts = await Promise.all(ids.map(read));
  return texts.filter((text) => text !== "").map((text) => JSON.parse(text) as adapter.SandboxRecord);
}

async function remove(id: string, installation: string): Promise<void> {
  const directory = join(root, installation, id);
  const installations = await readdir(root).catch(() => []);
  const holder = installations.find((each) => existsSync(join(root, each, id)));
  if (holder === undefined) return;
  if (holder !== installation) throw new SandboxError("permission_denied", `${id} belongs to somebody else.`);
  await rm(join(directory, "record"), { force: true });
  const first = firstMark(id);
  await killAll("SIGKILL", (mark) => mark > first && mark < first + 65_536);
  await rm(directory, { recursive: true, force: true });
}

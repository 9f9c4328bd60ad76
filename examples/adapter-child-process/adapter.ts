import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { release, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import {
  type CallContext,
  type CreateRequest,
  defineCapabilities,
  mergeOutput,
  type ProcessExit,
  type ProcessSpec,
  type RawProcess,
  type SandboxDriver,
  SandboxError,
  type SandboxProvider,
  type SandboxRecord,
} from "@nanoclaw/sandbox/adapter";

/** One directory for each installation, in it one for each sandbox: the only memory that this engine has. */
const root = join(tmpdir(), "sandbox-child-process");

/** Plain child processes of the host: no wall at all, for programs that are trusted. Linux only. */
export function childProcess(): SandboxProvider {
  return {
    name: "child-process",
    capabilities: defineCapabilities({
      isolation: "none",
      commands: "engine",
      network: { open: true, sharedWithHost: true },
      ports: "anytime",
      stats: true,
    }),
    recovery: { module: import.meta.url, factory: "childProcess", options: {} },
    async probe() {
      const problems =
        process.platform === "linux" ? [] : [{ message: "This adapter reads /proc, which is Linux's." }];
      return { available: problems.length === 0, version: release(), problems, details: { directory: root } };
    },
    create,
    list,
    remove,
  };
}

async function create(request: CreateRequest): Promise<SandboxDriver> {
  const { id, name, env, labels, owner } = request;
  const directory = join(root, owner.installation, id);
  const living = await list(owner.installation);
  if (name !== undefined && living.some((each) => each.name === name)) {
    throw new SandboxError("already_exists", `There is a sandbox named ${name}.`, {
      hint: "Choose another name.",
    });
  }
  const home = join(directory, "home");
  const workdir = request.workdir ?? home;
  await mkdir(home, { recursive: true });
  await mkdir(workdir, { recursive: true });
  const record: SandboxRecord = { id, name, labels, owner, state: "running", createdAt: Date.now() };
  await writeFile(join(directory, "record.json"), JSON.stringify(record));
  let commands = 0;
  return {
    id,
    spawn: (spec) => start(spec, id, directory, { HOME: home, ...env }, workdir, ++commands),
    stats: async () => ({ pidCount: processesOf(id).length }),
    openPort: async (port) => ({ host: "127.0.0.1", port }),
    detach: async () => undefined,
    destroy: () => remove(id, owner.installation),
  };
}

async function start(
  { argv, cwd = "", env }: ProcessSpec,
  id: string,
  directory: string,
  environment: Readonly<Record<string, string>>,
  workdir: string,
  command: number,
): Promise<RawProcess> {
  const lost = (): boolean => !existsSync(directory) || existsSync(join(directory, "ending"));
  if (lost()) throw new SandboxError("sandbox_lost", "The sandbox has ended.");
  const place = await stat(cwd || workdir).catch(() => undefined);
  if (!place?.isDirectory()) {
    throw new SandboxError("invalid_argument", `There is no directory ${cwd}.`, { hint: "Make it first." });
  }
  const mark = firstMark(id) + command;
  const child = spawn("/bin/sh", ["-c", marked, "sh", String(mark), ...argv], {
    cwd: cwd || workdir,
    env: { PATH: process.env.PATH, ...environment, ...env },
    // A session of its own: a signal to the owner's terminal or process group does not reach it.
    detached: true,
  });
  const exited = new Promise<ProcessExit>((resolve, reject) => {
    child.once("error", (cause) => reject(new SandboxError("adapter_fault", "No /bin/sh here.", { cause })));
    child.once("exit", (exitCode, signal) => {
      // Killed along with its sandbox, nobody knows how it would have ended.
      if (lost()) reject(new SandboxError("sandbox_lost", "The sandbox ended before its command."));
      else resolve({ exitCode, signal });
    });
  });
  return {
    stdin: child.stdin,
    output: mergeOutput(child.stdout, child.stderr),
    exited,
    kill: (signal) => killAll(id, signal, (each) => each === mark),
    disconnect: () => [child.stdin, child.stdout, child.stderr].forEach((stream) => stream.destroy()),
  };
}

/**
 * Becomes a command that can be recognised. A limit on file locks, which Linux has not enforced since 2.4, is
 * passed on to everything that the command starts: neither setsid nor a cleared environment takes it off.
 */
const marked = 'ulimit -x "$1" 2>/dev/null || ulimit -w "$1"; shift; exec "$@"';

/** A sandbox's marks are this and the 65 535 numbers that follow. */
function firstMark(id: string): number {
  return createHash("sha256").update(id).digest().readUInt32BE() * 65_536;
}

/** The living processes of a sandbox with their marks. */
function processesOf(id: string): { pid: number; mark: number }[] {
  const found: { pid: number; mark: number }[] = [];
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const mark = Number(/^Max file locks +(\d+)/m.exec(readFileSync(`/proc/${pid}/limits`, "utf8"))?.[1]);
      const alive = readFileSync(`/proc/${pid}/cmdline`).length > 0;
      if (alive && mark >= firstMark(id) && mark < firstMark(id) + 65_536)
        found.push({ pid: Number(pid), mark });
    } catch {
      // It ended while this looked.
    }
  }
  return found;
}

/** Sends a signal; after SIGKILL it returns when nothing is left, however fast new processes come up. */
async function killAll(id: string, signal: string, wanted: (mark: number) => boolean): Promise<void> {
  for (;;) {
    const found = processesOf(id).filter(({ mark }) => wanted(mark));
    for (const { pid } of found) {
      try {
        process.kill(pid, signal as NodeJS.Signals);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
      }
    }
    if (found.length === 0 || signal !== "SIGKILL") return;
    await delay(5);
  }
}

async function list(installation: string): Promise<SandboxRecord[]> {
  const ids = await readdir(join(root, installation)).catch(() => []);
  const texts = await Promise.all(
    // Without a record it is being made or removed.
    ids.map((id) => readFile(join(root, installation, id, "record.json"), "utf8").catch(() => "")),
  );
  return texts.filter((text) => text !== "").map((text) => JSON.parse(text) as SandboxRecord);
}

async function remove(id: string, installation: string, _?: CallContext): Promise<void> {
  const directory = join(root, installation, id);
  if (!existsSync(directory)) {
    const others = await readdir(root).catch(() => []);
    if (!others.some((other) => existsSync(join(root, other, id)))) return;
    throw new SandboxError("permission_denied", `${id} belongs to another installation.`);
  }
  await writeFile(join(directory, "ending"), "").catch(() => undefined);
  await killAll(id, "SIGKILL", () => true);
  await rm(directory, { recursive: true, force: true });
}

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import type { Socket } from "node:net";
import type { Readable, Writable } from "node:stream";
import type { ProcessExit } from "@nanoclaw/sandbox/adapter";
import { guestDoor } from "./arguments.js";
import { startFailure } from "./failures.js";
import { addInherited, type Stdio } from "./inherited.js";
import { identifyChild, type ProcessIdentity } from "./processes.js";

/** Descriptors of the child: standard input, output and error, then these. */
const argumentsAt = 3;
const infoAt = 4;
/** Number of the first descriptor from which bubblewrap reads a file for the guest. */
export const firstFile = 5;

export interface BubblewrapStart {
  /** Absolute path of bubblewrap. */
  readonly program: string;
  readonly arguments: readonly string[];
  /** Contents of files, read from descriptors from `firstFile` on. */
  readonly files: readonly string[];
  /** Directory on the host that the guest sees at `guestDoor`. */
  readonly pipes: string;
  /** Directories of control groups to start in. */
  readonly controlGroups: readonly string[];
  /** Process 1 of the guest. */
  readonly command: readonly string[];
}

export interface Bubblewrap {
  /** Standard input of process 1. */
  readonly leash: Writable;
  /** Process 1 as the host sees it. Undefined when it has not come to that, or is dead already. */
  readonly init: Promise<ProcessIdentity | undefined>;
  /** Settles when bubblewrap has ended and what it said is read. Never rejects. */
  readonly exited: Promise<ProcessExit>;
  /** What bubblewrap has said so far: nothing unless it fails. */
  message(): string;
  /** Kills bubblewrap, and not what it has started. */
  kill(): void;
  /** Lets this program end while the sandbox lives. */
  unref(): void;
}

/** Enters control groups and becomes what follows `--`. In no other way is a process in them from its start. */
const enter =
  'while [ "$1" != -- ]; do echo $$ >"$1/cgroup.procs" || exit 125; shift; done; shift; exec "$@"';

/**
 * Starts bubblewrap. It has an empty environment, as a variable such as `LD_PRELOAD` that is meant for the guest
 * must not work on the host, and a session of its own, as a terminal's signals are for this program.
 */
export async function startBubblewrap(start: BubblewrapStart): Promise<Bubblewrap> {
  const { program, pipes, controlGroups, files, command } = start;
  const stdio: Stdio[] = ["pipe", "ignore", "pipe", "pipe", "pipe", ...files.map(() => "pipe" as const)];
  const argv = [
    // The mark by which these processes can be found stands at a fixed place; see `findMarked`.
    ...[program, "--args", String(argumentsAt), "--ro-bind", pipes, guestDoor],
    ...["--info-fd", String(infoAt)],
    // Bubblewrap closes what it has read arguments from.
    ...addInherited(stdio).flatMap((number) => ["--args", String(number)]),
    ...["--", ...command],
  ];
  if (controlGroups.length > 0) argv.unshift("/bin/sh", "-c", enter, pipes, ...controlGroups, "--");
  const child = spawn(argv[0] as string, argv.slice(1), { detached: true, cwd: "/", env: {}, stdio });
  const exited = new Promise<ProcessExit>((resolve) => {
    child.once("close", (exitCode, signal) => resolve({ exitCode, signal }));
  });
  const [leash, , errors, options, info] = child.stdio as [Writable, null, Socket, Writable, Readable];
  // A sandbox may end before it is written to. Its exit tells that.
  leash.on("error", () => undefined);
  const message = collect(errors);
  const init = initOf(child, info);
  give(options, start.arguments.map((argument) => `${argument}\0`).join(""));
  for (const [index, content] of files.entries()) give(child.stdio[firstFile + index] as Writable, content);
  await once(child, "spawn").catch((error: NodeJS.ErrnoException) => {
    throw startFailure(error);
  });
  const unref = (): void => {
    child.unref();
    errors.unref();
  };
  return { leash, init, exited, message, unref, kill: () => void child.kill("SIGKILL") };
}

/** Makes named pipes, which Node itself cannot. */
export async function makePipes(paths: readonly string[], signal: AbortSignal): Promise<void> {
  const child = spawn("mkfifo", ["-m", "600", ...paths], { stdio: "ignore", signal, killSignal: "SIGKILL" });
  const [exitCode] = await once(child, "exit").catch((error: unknown) => {
    throw signal.aborted ? signal.reason : error;
  });
  signal.throwIfAborted();
  if (exitCode !== 0) throw new Error(`mkfifo exited with ${exitCode}.`);
}

/** A program's output on both streams. Rejects when it fails, with what it said. */
export async function run(
  program: string,
  argv: readonly string[],
  signal: AbortSignal,
): Promise<{ stdout: string; stderr: string }> {
  return await new Promise((resolve, reject) => {
    execFile(program, argv, { signal, killSignal: "SIGKILL", encoding: "utf8" }, (error, stdout, stderr) => {
      if (signal.aborted) reject(signal.reason);
      else if (error) reject(Object.assign(error, { stderr }));
      else resolve({ stdout, stderr });
    });
  });
}

function give(stream: Writable, content: string): void {
  // Bubblewrap that fails reads no further. Its exit tells why.
  stream.on("error", () => undefined);
  stream.end(content);
}

/** Keeps the beginning of what comes. */
function collect(stream: Readable): () => string {
  let text = "";
  stream.on("data", (data: Buffer) => {
    if (text.length < 8192) text += data.toString("utf8");
  });
  return () => text.trim();
}

/** Bubblewrap tells about process 1 as soon as there is one, and closes the descriptor. */
async function initOf(child: ChildProcess, info: Readable): Promise<ProcessIdentity | undefined> {
  const text = collect(info);
  await once(info, "close");
  const pid = /"child-pid":\s*(\d+)/.exec(text())?.[1];
  return pid === undefined || child.pid === undefined ? undefined : identifyChild(Number(pid), child.pid);
}

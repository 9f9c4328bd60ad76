import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import {
  abortable,
  mergeOutput,
  type ProcessExit,
  type RawProcess,
  SandboxError,
  type TerminalSize,
} from "@nanoclaw/sandbox/adapter";
import { makePipes } from "./engine.js";
import { openPipe, type Pipe } from "./pipes.js";
import { type GuestPrograms, processPipes, type StartOptions, startCode } from "./starter.js";

/** A sandbox, as far as starting a process in it goes. */
export interface GuestDoor {
  /** Directory of its pipes on the host. */
  readonly pipes: string;
  readonly programs: GuestPrograms;
  /** Names of processes to come whose pipes are made. */
  readonly ready: string[];
  /** Asks the guest to start the process whose pipes have this name. */
  request(name: string): void;
  /** Aborted, with the error to tell, when the sandbox has ended or was let go. */
  readonly over: AbortSignal;
}

type ProcessPipes = Record<keyof typeof processPipes, Pipe>;

/** To make pipes takes a program, whether for one process or for some. */
const atOnce = 3;

/** Names for processes to come, and the files of their pipes. */
export function newProcessPipes(): { names: string[]; files: string[] } {
  const names = Array.from({ length: atOnce }, () => randomBytes(8).toString("hex"));
  return { names, files: names.flatMap(filesOf) };
}

/** Starts a process in the guest, and returns when its input and output are connected. */
export async function startProcess(
  door: GuestDoor,
  options: StartOptions,
  signal: AbortSignal,
): Promise<RawProcess> {
  const either = AbortSignal.any([signal, door.over]);
  either.throwIfAborted();
  const name = door.ready.pop() ?? (await makeReady(door, either));
  const pipes: Partial<ProcessPipes> = {};
  try {
    for (const [pipe, direction] of Object.entries(processPipes)) {
      pipes[pipe as keyof ProcessPipes] = openPipe(join(door.pipes, `${name}.${pipe}`), direction);
    }
    return await connect(door, name, pipes as ProcessPipes, options, either);
  } catch (error) {
    for (const pipe of Object.values(pipes)) pipe.close();
    throw error;
  } finally {
    for (const file of filesOf(name)) rmSync(join(door.pipes, file), { force: true });
  }
}

async function makeReady(door: GuestDoor, signal: AbortSignal): Promise<string> {
  const { names, files } = newProcessPipes();
  await makePipes(
    files.map((file) => join(door.pipes, file)),
    signal,
  );
  const [first = "", ...others] = names;
  door.ready.push(...others);
  return first;
}

function filesOf(name: string): string[] {
  return Object.keys(processPipes).map((pipe) => `${name}.${pipe}`);
}

async function connect(
  door: GuestDoor,
  name: string,
  pipes: ProcessPipes,
  options: StartOptions,
  signal: AbortSignal,
): Promise<RawProcess> {
  const { status, start, in: stdin, out: stdout, err: stderr } = pipes;
  const lines = createInterface({ input: status.stream })[Symbol.asyncIterator]();
  start.stream.end(startCode(options, door.programs));
  door.request(name);
  for (const expected of ["begun", "open", "open"]) {
    const { value } = await abortable(lines.next(), signal);
    if (value !== expected) throw notStarted();
    // These two are open on the other side from the first line on: their ends must show, whatever comes next.
    status.release();
    start.release();
  }
  for (const pipe of Object.values(pipes)) pipe.release();

  const { terminal, exited } = follow(lines);
  const noMoreInput = (): void => void stdin.stream.destroy();
  exited.then(noMoreInput, noMoreInput);
  return {
    stdin: stdin.stream,
    output: mergeOutput(stdout.stream, stderr.stream),
    exited,
    resize: async (size) => resize(door, await terminal, size),
    disconnect() {
      for (const pipe of Object.values(pipes)) pipe.close();
    },
  };
}

/** What the guest tells of a process after it was connected. */
function follow(lines: AsyncIterable<string>): { terminal: Promise<string>; exited: Promise<ProcessExit> } {
  let tellTerminal: (path: string) => void = () => undefined;
  const terminal = new Promise<string>((resolve) => {
    tellTerminal = resolve;
  });
  const exited = (async (): Promise<ProcessExit> => {
    for await (const line of lines) {
      const [word, value = ""] = line.split(" ");
      if (word === "tty") tellTerminal(value);
      // The guest's shell tells death by a signal as 128 + n, too, and so it is passed on.
      if (word === "exit") return { exitCode: Number(value), signal: null };
    }
    throw new SandboxError("sandbox_lost", "Nobody in the sandbox is left to tell how the process ended.");
  })();
  return { terminal, exited };
}

async function resize(door: GuestDoor, terminal: string, { columns, rows }: TerminalSize): Promise<void> {
  const argv = [
    "/bin/sh",
    "-c",
    'command -p stty -F "$1" cols "$2" rows "$3"',
    "sh",
    terminal,
    columns,
    rows,
  ];
  const child = await startProcess(door, { argv: argv.map(String) }, door.over);
  const { exitCode } = await child.exited;
  child.disconnect();
  if (exitCode !== 0) throw new SandboxError("adapter_fault", `The size of ${terminal} could not be set.`);
}

function notStarted(): SandboxError {
  return new SandboxError("resource_exhausted", "The sandbox could not start another process.", {
    hint: "Raise limits.pidCount, or end what runs in the sandbox.",
  });
}

import { spawn } from "node:child_process";
import { stripVTControlCharacters } from "node:util";
import { SandboxError } from "@nanoclaw/sandbox";
import { findProgram } from "@nanoclaw/sandbox/adapter";
import { LastLines } from "../driver/last-lines.js";

/** From the request to end to the end by force, in milliseconds. */
const patienceMs = 10_000;

/**
 * Starts the program and reads names of signals for it from a pipe that this process holds. When the pipe ends, by
 * whatever, so does the program: a `tart run` that nobody knows of would hold the machine for ever.
 */
const leash = `exec 3<&0
"$@" </dev/null 3<&- &
child=$!
(while IFS= read -r name <&3; do kill -s "$name" "$child"; done; kill -s TERM "$child") 2>/dev/null &
reader=$!
wait "$child"
code=$?
kill "$reader" 2>/dev/null
exit "$code"`;

export interface LeashOptions {
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Each line of both streams. */
  onLine?(line: string): void;
}

export interface LeashedEnd {
  /** As a shell tells it: of one that was ended by a signal it is 128 and the signal's number. */
  readonly exitCode: number;
  /** The last lines that it printed. */
  readonly output: string;
}

/** A program that ends with this process, however this one ends. */
export interface LeashedProgram {
  /** Rejects with the signal's reason when that has ended it. */
  readonly ended: Promise<LeashedEnd>;
  send(signal: "USR2"): void;
  /** Ends it, and returns when it has. */
  end(): Promise<void>;
}

/** @throws SandboxError `engine_unavailable` when there is no such program. */
export function startLeashed(
  program: string,
  args: readonly string[],
  { environment, signal, onLine }: LeashOptions,
): LeashedProgram {
  // The shell would tell it by an exit code that guests have, too.
  if (findProgram(program) === undefined) {
    throw new SandboxError("engine_unavailable", `There is no program ${program}.`, {
      hint: '"nanoclaw-sandbox doctor" tells what is missing.',
    });
  }
  const lines = new LastLines((line) => onLine?.(stripVTControlCharacters(line).replace(/^.*\r(?=.)/, "")));
  // In a session of its own: what is typed at the terminal is for this process, which then ends the other in order.
  const child = spawn("/bin/sh", ["-c", leash, "leash", program, ...args], {
    env: { ...process.env, ...environment },
    stdio: ["pipe", "pipe", "pipe"],
    detached: true,
  });
  child.stdin.on("error", () => undefined);
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data: Buffer) => lines.add(data));
  let timer: NodeJS.Timeout | undefined;
  const end = () => {
    child.stdin.end();
    timer ??= setTimeout(() => killGroup(child.pid), patienceMs);
  };
  signal.addEventListener("abort", end, { once: true });
  if (signal.aborted) end();
  const closed = new Promise<LeashedEnd>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ exitCode: code ?? 137, output: lines.told([]).join("\n") }));
  }).finally(() => {
    clearTimeout(timer);
    signal.removeEventListener("abort", end);
    child.stdin.destroy();
  });
  const ended = closed.then((result) => {
    signal.throwIfAborted();
    return result;
  });
  ended.catch(() => undefined);
  return {
    ended,
    send: (name) => void child.stdin.write(`${name}\n`),
    async end() {
      end();
      await closed.catch(() => undefined);
    },
  };
}

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // It has just ended.
  }
}

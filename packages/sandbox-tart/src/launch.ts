import { closeSync, openSync } from "node:fs";
import { SandboxError } from "@nanoclaw/sandbox/adapter";
import { execa } from "execa";
import type { Tart } from "./engine.js";
import { identify, type ProcessIdentity } from "./processes.js";

/**
 * Waits for a word on its standard input before it becomes `tart`, with the same process id. Whoever dies before
 * the process is on record takes the word with him.
 */
const launcher = 'IFS= read -r word && exec "$@" </dev/null';
/** The same for one that outlives its starter: what it prints goes to a file, the first parameter. */
const detachedLauncher = 'exec >>"$1" 2>&1 && shift && IFS= read -r word && exec "$@" </dev/null';

export interface LaunchOptions {
  /** Puts it on record. It does nothing before. */
  remember(identity: ProcessIdentity): void;
  /**
   * A file for what it prints. It then lives on when its starter's session or terminal ends, and keeps no program
   * waiting. Default: what it prints is in its end, and it is in the session of its starter.
   */
  readonly log?: string;
  /** Each line that it prints, without a log. Default: none. */
  onLine?(line: string): void;
}

export interface Launched {
  readonly identity: ProcessIdentity;
  /** When it has ended. Never rejects. */
  readonly ended: Promise<LaunchEnd>;
}

export interface LaunchEnd {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  /** What it printed, on both streams, without a log. */
  readonly text: string;
}

/** Starts a `tart` that leaves something behind even when its starter is killed, and not before that is on record. */
export async function launch(
  tart: Tart,
  args: readonly string[],
  { log, remember, onLine }: LaunchOptions,
): Promise<Launched> {
  const detached = log !== undefined;
  // Made here, as a mask of the launcher's would be Tart's, too.
  if (detached) closeSync(openSync(log, "a", 0o600));
  const words = detached ? [detachedLauncher, "tart-launcher", log] : [launcher, "tart-launcher"];
  const child = execa("/bin/sh", ["-c", ...words, tart.program, ...args], {
    env: tart.environment,
    stdin: "pipe",
    stdout: detached ? "ignore" : "pipe",
    stderr: detached ? "ignore" : "pipe",
    detached,
    cleanup: false,
    reject: false,
    all: true,
  });
  // One that ended before its word tells so by its end.
  child.stdin.on("error", () => undefined);
  const ended = child.then(({ exitCode, signal, all }) => ({ exitCode, signal, text: String(all ?? "") }));
  if (onLine) followLines(child.all, onLine);
  try {
    const identity = child.pid === undefined ? undefined : await identify(child.pid);
    if (identity === undefined)
      throw new SandboxError("adapter_fault", "No process could be started for tart.");
    remember(identity);
    child.stdin.end("go\n");
    if (detached) child.unref();
    return { identity, ended };
  } catch (error) {
    child.stdin.destroy();
    await ended;
    throw error;
  }
}

function followLines(stream: NodeJS.ReadableStream | null | undefined, onLine: (line: string) => void): void {
  let rest = "";
  stream?.on("data", (data: Buffer | string) => {
    // A figure that is written over itself ends with a carriage return.
    const lines = (rest + data.toString()).split(/[\r\n]+/);
    rest = lines.pop() ?? "";
    for (const line of lines.filter(Boolean)) onLine(line);
  });
}

import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export interface OwnerProcessOptions {
  /** Arguments of the script. Default: none. */
  readonly args?: readonly string[];
  /** Options of Node.js itself, such as `--import=tsx`. Default: none. */
  readonly nodeArgs?: readonly string[];
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** A Node.js program of its own that a test can kill. */
export interface OwnerProcess extends AsyncDisposable {
  readonly pid: number;
  /** All that it wrote until now, both streams in the order of their arrival. */
  output(): string;
  /**
   * The first line that contains this text or matches this pattern, also one that was written before the call.
   *
   * @throws With the whole output when the program ends, or `deadlineMs` (default 30 000) pass, without such a line.
   */
  line(wanted: string | RegExp, deadlineMs?: number): Promise<string>;
  /** Ends it by a signal that it cannot catch. Returns when the kernel has closed all that it held. */
  kill(): Promise<void>;
  /** How it ended. Never rejects. */
  readonly ended: Promise<{ readonly exitCode: number | null; readonly signal: NodeJS.Signals | null }>;
}

/**
 * Runs a script with this process's Node.js, to be killed at a chosen moment.
 *
 * @param script A path or a `file:` URL.
 */
export function startOwnerProcess(script: string | URL, options: OwnerProcessOptions = {}): OwnerProcess {
  const path = script instanceof URL ? fileURLToPath(script) : script;
  const child = spawn(process.execPath, [...(options.nodeArgs ?? []), path, ...(options.args ?? [])], {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (child.pid === undefined) throw new Error(`Node.js could not be started from ${process.execPath}`);

  let output = "";
  const lookers = new Set<() => void>();
  const lookAgain = () => {
    for (const look of [...lookers]) look();
  };
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      lookAgain();
    });
  }

  let over = false;
  // "close" and not "exit": by then all output has arrived.
  const ended = new Promise<{ exitCode: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once("close", (exitCode, signal) => {
      over = true;
      resolve({ exitCode, signal });
      lookAgain();
    });
  });

  const line = (wanted: string | RegExp, deadlineMs = 30_000) =>
    new Promise<string>((resolve, reject) => {
      const settle = (finish: () => void) => {
        lookers.delete(look);
        clearTimeout(timer);
        finish();
      };
      const look = () => {
        const found = completeLines(output, over).find((candidate) =>
          typeof wanted === "string" ? candidate.includes(wanted) : candidate.search(wanted) !== -1,
        );
        if (found !== undefined) settle(() => resolve(found));
        else if (over) settle(() => reject(new Error(`It ended without a line "${wanted}":\n${output}`)));
      };
      const timer = setTimeout(() => {
        settle(() => reject(new Error(`No line "${wanted}" after ${deadlineMs} ms:\n${output}`)));
      }, deadlineMs);
      lookers.add(look);
      look();
    });

  const kill = () => killAndWait(child);
  return { pid: child.pid, output: () => output, line, kill, ended, [Symbol.asyncDispose]: kill };
}

function completeLines(output: string, over: boolean): string[] {
  const lines = output.split("\n");
  return over ? lines : lines.slice(0, -1);
}

async function killAndWait(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  // "exit" and not "close": a grandchild may hold the output open, and "close" would wait for it.
  const exited = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await exited;
}

import { spawnSync } from "node:child_process";
import type { SandboxProcess } from "@nanoclaw/sandbox";
import { UsageError } from "./command-line/usage-error.js";
import { write } from "./terminal/output.js";

export interface StreamFlags {
  /** Passes standard input on. */
  readonly interactive?: boolean;
  /** The command has a terminal. */
  readonly tty?: boolean;
}

/** Refuses what cannot work before anything is made. */
export function checkStreams({ interactive, tty }: StreamFlags): void {
  if (interactive && tty && !process.stdin.isTTY) {
    throw new UsageError(
      "-i with -t needs a terminal as standard input. Leave out -t to pass a pipe or a file on.",
    );
  }
}

/** The terminal that the command gets: the size of ours, where we have one. */
export function terminalFor(flags: StreamFlags): true | { columns: number; rows: number } | undefined {
  if (!flags.tty) return undefined;
  const { isTTY, columns, rows } = process.stdout;
  return isTTY && columns > 0 && rows > 0 ? { columns, rows } : true;
}

/** Connects our streams with the command's until it has ended, and gives the terminal back as it was. */
export async function connect(
  child: SandboxProcess,
  flags: StreamFlags,
  signal: AbortSignal,
): Promise<Awaited<ReturnType<SandboxProcess["wait"]>>> {
  const disconnect = flags.tty ? connectTerminal(child) : connectInput(child, flags.interactive === true);
  try {
    for await (const { stream, data } of child) {
      await write(stream === "stdout" ? process.stdout : process.stderr, data, signal);
    }
    return await child.wait();
  } finally {
    disconnect();
  }
}

/** Without `forward` the command has no standard input, or that of its terminal, which stays silent. */
function connectInput(child: SandboxProcess, forward: boolean): () => void {
  if (!forward) return () => undefined;
  // A command that has closed its standard input is no failure; it does not want more.
  child.stdin.on("error", () => process.stdin.unpipe(child.stdin));
  process.stdin.on("error", () => child.stdin.end());
  process.stdin.pipe(child.stdin);
  return () => {
    process.stdin.unpipe(child.stdin);
    process.stdin.pause();
  };
}

/** Every key goes to the command, Ctrl-C too, and its output comes as it is. `setRawMode(false)` takes all of it back. */
function makeRaw(): void {
  process.stdin.setRawMode(true);
  // Node.js leaves it to the terminal to write CR LF for each LF, which spoils what full-screen programs draw.
  spawnSync("stty", ["-opost"], { stdio: ["inherit", "ignore", "ignore"] });
}

function connectTerminal(child: SandboxProcess): () => void {
  const keyboard = process.stdin.isTTY === true;
  const disconnectInput = connectInput(child, keyboard);
  // One after the other, each with the size at its time: what comes last is what holds.
  let resized = Promise.resolve();
  const resize = () => {
    const follow = async () => {
      const size = terminalFor({ tty: true });
      if (size && size !== true) await child.resize(size);
    };
    // The command may end at this very moment; then there is nothing left to resize.
    resized = resized.then(follow).catch(() => undefined);
  };
  const restore = () => {
    if (keyboard) process.stdin.setRawMode(false);
  };
  if (keyboard) makeRaw();
  process.on("exit", restore);
  process.stdout.on("resize", resize);
  return () => {
    process.stdout.off("resize", resize);
    process.off("exit", restore);
    disconnectInput();
    restore();
  };
}

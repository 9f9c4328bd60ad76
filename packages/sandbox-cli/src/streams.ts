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
  const disconnect = flags.tty ? connectTerminal(child, flags) : connectInput(child, flags);
  try {
    for await (const { stream, data } of child) {
      await write(stream === "stdout" ? process.stdout : process.stderr, data, signal);
    }
    return await child.wait();
  } finally {
    disconnect();
  }
}

function connectInput(child: SandboxProcess, { interactive }: StreamFlags): () => void {
  // A command that has closed its standard input is no failure; it does not want more.
  child.stdin.on("error", () => process.stdin.unpipe(child.stdin));
  if (!interactive) {
    child.stdin.end();
    return () => undefined;
  }
  process.stdin.on("error", () => child.stdin.end());
  process.stdin.pipe(child.stdin);
  return () => {
    process.stdin.unpipe(child.stdin);
    process.stdin.pause();
  };
}

function connectTerminal(child: SandboxProcess, flags: StreamFlags): () => void {
  const keyboard = process.stdin.isTTY === true;
  const disconnectInput = connectInput(child, { interactive: flags.interactive || keyboard });
  const resize = () => {
    const size = terminalFor({ tty: true });
    // The command may end at this very moment; then there is nothing left to resize.
    if (size && size !== true) child.resize(size).catch(() => undefined);
  };
  const restore = () => {
    if (keyboard) process.stdin.setRawMode(false);
  };
  // Raw: every key goes to the command, Ctrl-C too.
  if (keyboard) process.stdin.setRawMode(true);
  process.on("exit", restore);
  process.stdout.on("resize", resize);
  return () => {
    process.stdout.off("resize", resize);
    process.off("exit", restore);
    disconnectInput();
    restore();
  };
}

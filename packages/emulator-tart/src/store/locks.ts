import { createHash } from "node:crypto";
import { closeSync, fstatSync, openSync, readFileSync, statSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { hasErrorCode } from "../failures.js";

/**
 * Locks on files and directories that vanish with the process that holds them, however it ends.
 *
 * A lock is an abstract socket named after the file's inode, so it follows a file that is renamed and does not
 * follow its name to a new file, like those of the system. A second socket, named after the process too, tells who
 * holds it without asking a process that may be stopped.
 */
export interface Lock {
  release(): void;
}

/** The lock on this file or directory, which must be there; undefined while another holds it. */
export async function hold(path: string): Promise<Lock | undefined> {
  // Open for as long as the lock is held: the number of an inode is soon given to another file.
  const descriptor = openSync(path, "r");
  const name = lockName(fstatSync(descriptor));
  const waiting = new Set<Socket>();
  const exclusive = createServer((socket) => waiting.add(socket.unref().on("error", () => socket.destroy())));
  const named = createServer();
  const release = () => {
    for (const server of [named, exclusive]) if (server.listening) server.close();
    for (const socket of waiting) socket.destroy();
    closeSync(descriptor);
  };
  const outcome = listen(exclusive, name);
  // An abstract name is taken at once or never, and only who took the first may show itself by the second.
  const failure = exclusive.listening ? await listen(named, `${name}-${process.pid}`) : await outcome;
  if (failure === undefined) return { release };
  release();
  if (hasErrorCode(failure, "EADDRINUSE")) return undefined;
  throw failure;
}

/** The lock, however long it takes. Throws the reason of the signal when that is aborted first. */
export async function waitFor(path: string, signal: AbortSignal): Promise<Lock> {
  for (;;) {
    signal.throwIfAborted();
    const lock = await hold(path);
    if (lock !== undefined) return lock;
    await goneOnce(lockName(statSync(path)), signal);
  }
}

/** The id of the process that holds the lock on this file; undefined where nobody does or there is no such file. */
export async function holder(path: string): Promise<number | undefined> {
  return holderIn(readSockets(), path);
}

/** The same from one reading of all sockets, for those who ask about many files. */
export function holderIn(sockets: string, path: string): number | undefined {
  let name: string;
  try {
    name = lockName(statSync(path)).slice(1);
  } catch (error) {
    if (hasErrorCode(error, "ENOENT") || hasErrorCode(error, "ENOTDIR")) return undefined;
    throw error;
  }
  let table = sockets;
  while (isListening(table, name)) {
    const pid = new RegExp(` 00010000 .* @${name}-(\\d+)@*$`, "m").exec(table)?.[1];
    if (pid !== undefined) return Number(pid);
    // Its holder is between the two sockets.
    table = readSockets();
  }
  return undefined;
}

/** Whether a socket of this abstract name accepts connections. The table shows bytes of zero as `@`. */
function isListening(table: string, name: string): boolean {
  return new RegExp(` 00010000 .* @${name}@*$`, "m").test(table);
}

/** The system's list of sockets. */
export function readSockets(): string {
  return readFileSync("/proc/net/unix", "utf8");
}

function lockName({ dev, ino }: { dev: number; ino: number }): string {
  return `\0nanoclaw-tart-${createHash("sha256").update(`${dev}:${ino}`).digest("hex").slice(0, 32)}`;
}

/** Tells what failed rather than failing: who gives up on one of two does not wait for the other. */
function listen(server: Server, name: string): Promise<Error | undefined> {
  return new Promise((resolve) => {
    server.once("error", resolve);
    server.listen(name, () => resolve(undefined));
    // The process may end while it holds a lock.
    server.unref();
  });
}

/** The kernel closes a connection together with the socket that it waits at. */
function goneOnce(name: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ path: name });
    const finish = () => {
      signal.removeEventListener("abort", finish);
      socket.destroy();
      resolve();
    };
    signal.addEventListener("abort", finish, { once: true });
    socket.once("error", finish).once("close", finish);
  });
}

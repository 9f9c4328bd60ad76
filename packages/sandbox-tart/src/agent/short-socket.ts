import { watch } from "node:fs";
import { mkdtemp, rm, stat, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";

/** macOS takes no longer path for a unix socket, its NUL included; Linux takes four bytes more. */
const longestPath = 103;
/** How often it is looked for the socket where the system does not tell of changes, in milliseconds. */
const lookMs = 250;

export interface ShortSocket {
  readonly path: string;
  remove(): Promise<void>;
}

/** A path to a unix socket that is short enough to connect to: its own, or a link in a private directory. */
export async function shortSocket(path: string, longest = longestPath): Promise<ShortSocket> {
  if (Buffer.byteLength(path) <= longest) return { path, remove: async () => undefined };
  for (const parent of [tmpdir(), "/tmp"]) {
    // Made with mode 0700. The link is to the directory: the socket in it may be made anew.
    const directory = await mkdtemp(join(parent, "nc-"));
    const remove = (): Promise<void> => rm(directory, { recursive: true, force: true });
    const short = join(directory, "v", basename(path));
    if (Buffer.byteLength(short) > longest) {
      await remove();
      continue;
    }
    await symlink(dirname(path), join(directory, "v"));
    return { path: short, remove };
  }
  throw new Error(`No directory for temporary files is short enough to reach ${path}.`);
}

/** Returns when there is a socket at this path. Its directory must exist. */
export async function socketAppears(path: string, signal: AbortSignal): Promise<void> {
  let look: (() => void) | undefined;
  const watcher = watch(dirname(path), () => look?.());
  // Changes may not be told on every file system.
  const timer = setInterval(() => look?.(), lookMs);
  const stop = (): void => look?.();
  signal.addEventListener("abort", stop);
  watcher.on("error", stop);
  try {
    for (;;) {
      signal.throwIfAborted();
      const changed = new Promise<void>((resolve) => {
        look = resolve;
      });
      if (await isSocket(path)) return;
      await changed;
    }
  } finally {
    clearInterval(timer);
    watcher.close();
    signal.removeEventListener("abort", stop);
  }
}

async function isSocket(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isSocket();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasErrorCode } from "./failures.js";
import { endAll } from "./processes.js";
import { hold, type Lock } from "./store/locks.js";

const prefix = "nctart-";

/** A temporary directory that this process holds; what a process that was killed left goes with the next claim. */
export interface ClaimedDirectory {
  readonly path: string;
  /** Ends what runs from it and removes it. */
  release(): Promise<void>;
}

export async function claimDirectory(): Promise<ClaimedDirectory> {
  await removeUnclaimed();
  for (;;) {
    // A short path: those of sockets inside may have 104 bytes.
    const path = mkdtempSync(join(tmpdir(), prefix));
    writeFileSync(ownerFile(path), "");
    const lock = await holdIfThere(ownerFile(path));
    // Otherwise another process, which found it before it was held, is about to remove it.
    if (lock === undefined) continue;
    return {
      path,
      async release() {
        await remove(path);
        lock.release();
      },
    };
  }
}

/** The executable of an installation: its processes are known by it. */
export function executableIn(path: string): string {
  return join(path, "bin/tart");
}

async function removeUnclaimed(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(prefix))) {
    const path = join(tmpdir(), name);
    const lock = await holdIfThere(ownerFile(path));
    if (lock === undefined) continue;
    await remove(path);
    lock.release();
  }
}

/** Undefined also where there is no such file, or no longer. */
async function holdIfThere(path: string): Promise<Lock | undefined> {
  try {
    return await hold(path);
  } catch (error) {
    if (hasErrorCode(error, "ENOENT") || hasErrorCode(error, "ENOTDIR")) return undefined;
    throw error;
  }
}

async function remove(path: string): Promise<void> {
  await endAll(executableIn(path));
  rmSync(path, { recursive: true, force: true });
}

function ownerFile(path: string): string {
  return join(path, "owner");
}

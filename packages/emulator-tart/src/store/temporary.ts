import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { hasErrorCode } from "../failures.js";
import type { TartHome } from "./home.js";
import { hold, type Lock } from "./locks.js";
import { VmDirectory } from "./vm-directory.js";

/** A machine in the making. Whoever is killed over it leaves it to the next command. */
export interface TemporaryMachine {
  readonly directory: VmDirectory;
  readonly lock: Lock;
}

export async function makeTemporary(home: TartHome): Promise<TemporaryMachine> {
  for (;;) {
    const path = join(home.tmp, randomUUID().toUpperCase());
    mkdirSync(path);
    try {
      const lock = await hold(path);
      if (lock !== undefined) return { directory: new VmDirectory(path), lock };
    } catch (error) {
      // Another command took it for a leftover before it was held.
      if (!hasErrorCode(error, "ENOENT")) throw error;
    }
  }
}

/** Deletes what nobody holds; tells on stderr what cannot be deleted, and goes on. */
export async function collectGarbage(home: TartHome): Promise<void> {
  try {
    for (const entry of readdirSync(home.tmp)) await removeUnheld(join(home.tmp, entry));
  } catch (error) {
    process.stderr.write(`Failed to perform garbage collection: ${String(error)}\n`);
  }
}

async function removeUnheld(path: string): Promise<void> {
  try {
    const lock = await hold(path);
    if (lock === undefined) return;
    try {
      rmSync(path, { recursive: true, force: true });
    } finally {
      lock.release();
    }
  } catch (error) {
    // Another command was faster.
    if (!hasErrorCode(error, "ENOENT")) throw error;
  }
}

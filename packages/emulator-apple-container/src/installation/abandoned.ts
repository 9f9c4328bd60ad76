import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { controlGroupsOf, removeControlGroups } from "../container/control-groups.js";
import { hasErrorCode } from "../failures.js";
import { connectToOwner } from "../service/owner.js";

/** One that was made this short a time ago may not have its owner yet. */
const YOUNG_MS = 60_000;

/** Removes the installations whose process was killed; what ran in them ended with that. */
export async function removeAbandoned(directory: string, prefix: string): Promise<void> {
  for (const name of readdirSync(directory).filter((entry) => entry.startsWith(prefix))) {
    const path = join(directory, name);
    if (Date.now() - changeTime(path) < YOUNG_MS) continue;
    const home = join(path, "home");
    const owner = await connectToOwner(home);
    if (owner === undefined) {
      await removeControlGroups(controlGroupsOf(home));
      rmSync(path, { recursive: true, force: true });
    }
    owner?.destroy();
  }
}

/** Of one that another process removes meanwhile: now. */
function changeTime(path: string): number {
  try {
    return statSync(path).mtimeMs;
  } catch (error) {
    if (hasErrorCode(error, "ENOENT")) return Date.now();
    throw error;
  }
}

import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import type { MountSpec } from "./contract.js";
import { specInvalid } from "./session-failure.js";

const names = ["inbound.db", "outbound.db"] as const;
const magic = "SQLite format 3\0";
/** Bytes 18 and 19 of a database: the versions that a writer and a reader need. 1 is a journal, 2 is WAL. */
const versionsAt = 18;
const walVersion = 2;

/**
 * A session's databases must have a rollback journal where host and guest share them over a hypervisor: WAL keeps its
 * index in shared memory, which the two do not have in common (`nanoclaw.md §2.5`).
 *
 * @throws `spec-invalid`.
 */
export async function refuseWal(mounts: readonly MountSpec[]): Promise<void> {
  const directories = mounts.filter((mount) => mount.class === "group-state" && mount.mode === "rw");
  for (const { hostPath } of directories) {
    for (const name of names) {
      if (!(await isWal(join(hostPath, name)))) continue;
      throw specInvalid(
        `${name} of the session is in WAL mode, which is lost over a hypervisor; use journal_mode=DELETE`,
      );
    }
  }
}

async function isWal(file: string): Promise<boolean> {
  // The session's agent could put a pipe there, which is not to be waited for.
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK).catch(() => undefined);
  if (handle === undefined) return false;
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(20), 0, 20, 0);
    if (bytesRead < 20 || buffer.toString("latin1", 0, magic.length) !== magic) return false;
    return buffer.subarray(versionsAt, versionsAt + 2).includes(walVersion);
  } finally {
    await handle.close();
  }
}

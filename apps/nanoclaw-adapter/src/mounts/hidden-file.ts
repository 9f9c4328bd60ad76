import { mkdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Capabilities, SandboxError } from "@nanoclaw/sandbox";
import type { Installation } from "../installation.js";

/** Whether an engine can put an empty file over one in a directory that it shares, so that no guest gets it back. */
export function canHideFiles({ mounts }: Pick<Capabilities, "mounts">): boolean {
  return mounts.files && mounts.nested;
}

/**
 * What a file is hidden by: the null device is no file that can be mounted. It lies where no sandbox can write.
 *
 * @throws SandboxError `permission_denied` when it is not empty.
 */
export async function emptyFile({ stateDirectory }: Installation): Promise<string> {
  const path = join(stateDirectory, "empty");
  await mkdir(stateDirectory, { recursive: true, mode: 0o700 });
  await writeFile(path, "", { mode: 0o444, flag: "a" });
  if ((await stat(path)).size === 0) return path;
  throw new SandboxError("permission_denied", `${path} hides files from guests, and is not empty.`, {
    hint: "Find out who has written to it, and remove it.",
  });
}

import { existsSync, rmSync } from "node:fs";
import type { Command } from "../arguments/parsed.js";
import { doesNotExist, hasErrorCode, isRunning } from "../failures.js";
import type { TartHome } from "../store/home.js";
import { removeCached } from "../store/oci-cache.js";
import { parseRemoteName } from "../store/remote-name.js";
import { isAtLeast } from "../store/settings.js";
import { localDirectory, runnerOf } from "../store/vm-directory.js";

export const run: Command = async (parsed, home) => {
  for (const name of parsed.texts("name")) {
    const remote = parseRemoteName(name);
    if (remote === undefined) deleteLocal(home, name);
    else removeCached(home, remote);
  }
  return 0;
};

function deleteLocal(home: TartHome, name: string): void {
  const directory = localDirectory(home, name);
  if (!existsSync(directory.config)) throw doesNotExist(name);
  if (isAtLeast(home.settings, "2.4.1") && runnerOf(home, directory) !== undefined) {
    const isMistaken = isAtLeast(home.settings, "2.27.0") && home.settings.deleteCollision;
    throw isMistaken ? doesNotExist(name) : isRunning(name);
  }
  try {
    rmSync(directory.path, { recursive: true });
  } catch (error) {
    // Another command deletes it too.
    if (hasErrorCode(error, "ENOENT")) throw doesNotExist(name);
    throw error;
  }
}

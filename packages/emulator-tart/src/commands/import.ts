import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Command } from "../arguments/parsed.js";
import { RuntimeFailure } from "../failures.js";
import { diskFull, moveInto } from "../store/copy.js";
import { faultStrikes } from "../store/faults.js";
import { waitFor } from "../store/locks.js";
import { avoidCollision } from "../store/mac-addresses.js";
import { makeTemporary } from "../store/temporary.js";
import { localDirectory } from "../store/vm-directory.js";

export const run: Command = async (parsed, home) => {
  process.stdout.write("importing...\n");
  const temporary = await makeTemporary(home);
  if (faultStrikes(home, "disk-full")) throw diskFull();
  try {
    await promisify(execFile)("tar", ["-xf", parsed.text("path"), "-C", temporary.directory.path], {
      signal: home.interrupted,
    });
  } catch (error) {
    home.interrupted.throwIfAborted();
    throw new RuntimeFailure(`VM import failed: ${String(error)}`);
  }
  if (!temporary.directory.isComplete) {
    throw new RuntimeFailure("VM import failed: archive does not contain a runnable VM");
  }
  const lock = await waitFor(home.path, home.interrupted);
  try {
    avoidCollision(home, temporary.directory);
    await moveInto(home, temporary, localDirectory(home, parsed.text("name")).path);
  } finally {
    lock.release();
  }
  return 0;
};

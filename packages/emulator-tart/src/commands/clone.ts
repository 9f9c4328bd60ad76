import type { Command } from "../arguments/parsed.js";
import { RuntimeFailure, ValidationFailure } from "../failures.js";
import { copyMachine, moveInto } from "../store/copy.js";
import type { TartHome } from "../store/home.js";
import { waitFor } from "../store/locks.js";
import { avoidCollision } from "../store/mac-addresses.js";
import { findCached } from "../store/oci-cache.js";
import { pullImage } from "../store/pull.js";
import { makeRoom } from "../store/reclaim.js";
import { parseRemoteName } from "../store/remote-name.js";
import { isAtLeast } from "../store/settings.js";
import { localDirectory, openLocal, stateOf, type VmDirectory } from "../store/vm-directory.js";

export const run: Command = async (parsed, home) => {
  const source = await openSource(home, parsed.text("source-name"));
  if (parsed.flag("stacked")) refuseStacked(home, source, parsed.text("source-name"));
  const name = parsed.text("new-name");
  const target = localDirectory(home, name);
  if (home.settings.clone === "refuse" && !parsed.flag("overwrite") && target.isComplete) {
    throw new ValidationFailure(`VM "${name}" already exists, use --overwrite to replace it`);
  }
  const lock = await waitFor(home.path, home.interrupted);
  try {
    const copy = await copyMachine(home, source);
    // A saved state can only be restored with the address that it was saved with.
    if (stateOf(home, source) !== "suspended") avoidCollision(home, copy.directory);
    await moveInto(home, copy, target.path);
    const limit = parsed.optionalNumber("prune-limit") ?? 100;
    if (isAtLeast(home.settings, "2.28.5")) makeRoom(home, target, limit * 2 ** 30);
  } finally {
    lock.release();
  }
  return 0;
};

async function openSource(home: TartHome, name: string): Promise<VmDirectory> {
  const remote = parseRemoteName(name);
  if (remote === undefined) return openLocal(home, name);
  const cached = findCached(home, remote);
  cached?.touch();
  return cached ?? pullImage(home, remote);
}

function refuseStacked(home: TartHome, source: VmDirectory, name: string): void {
  if (parseRemoteName(name) === undefined) throw new ValidationFailure("--stacked requires a remote image");
  if (source.readConfig().os === "linux") {
    throw new ValidationFailure("--stacked currently supports only macOS images");
  }
  if (home.settings.hostMacOS < 27) {
    throw new RuntimeFailure("stacked disks are only supported on hosts with macOS 27 or newer");
  }
  throw new RuntimeFailure("stacked disks are not emulated");
}

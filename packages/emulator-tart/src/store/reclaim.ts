import { rmSync } from "node:fs";
import type { TartHome } from "./home.js";
import { localMachines } from "./mac-addresses.js";
import { listCache, removeCached } from "./oci-cache.js";
import { isDigest } from "./remote-name.js";
import { runnerOf, type VmDirectory } from "./vm-directory.js";

/** Something that `prune` may delete. */
export interface Prunable {
  readonly directory: VmDirectory;
  remove(): void;
}

/** Cached images, least recently used first. */
export function prunableImages(home: TartHome): Prunable[] {
  const digests = listCache(home).filter(({ name }) => isDigest(name.reference));
  return byAge(digests.map(({ name, directory }) => ({ directory, remove: () => removeCached(home, name) })));
}

/** Local machines that do not run, least recently used first. */
export function prunableMachines(home: TartHome): Prunable[] {
  const idle = localMachines(home).filter((directory) => runnerOf(home, directory) === undefined);
  return byAge(
    idle.map((directory) => ({ directory, remove: () => rmSync(directory.path, { recursive: true }) })),
  );
}

/**
 * Deletes cached images until a new machine could fill its disk, unless the environment forbids it or they are not
 * enough. How much room the host has is a setting; without it there is plenty.
 */
export function makeRoom(home: TartHome, machine: VmDirectory, limitBytes: number): void {
  const { freeGiB } = home.settings;
  if (freeGiB === undefined || process.env.TART_NO_AUTO_PRUNE !== undefined) return;
  const wanted = Math.min(machine.diskSize - machine.allocatedSize, limitBytes);
  let missing = wanted - freeGiB * 2 ** 30;
  const images = prunableImages(home);
  if (images.reduce((sum, { directory }) => sum + directory.diskSize, 0) < missing) return;
  for (const image of images) {
    if (missing <= 0) return;
    missing -= image.directory.diskSize;
    image.remove();
  }
}

function byAge(items: Prunable[]): Prunable[] {
  return items.sort((a, b) => a.directory.accessed.getTime() - b.directory.accessed.getTime());
}

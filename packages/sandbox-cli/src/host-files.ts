import { lstat, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Target } from "./command-line/place.js";

/** What a copy to this path of the host meets. */
export async function hostTarget(path: string): Promise<Target> {
  const found = await stat(path).catch(() => undefined);
  if (found) return found.isDirectory() ? "directory" : "file";
  return "nothing";
}

/** A link counts as itself. */
export async function isHostDirectory(path: string): Promise<boolean> {
  return (await lstat(path)).isDirectory();
}

/** Fetches something into a directory that exists, by way of a new one inside it that is gone afterwards. */
export async function fetchInto(directory: string, fetch: (path: string) => Promise<void>): Promise<void> {
  const place = await mkdtemp(join(directory, ".sandbox-cp-"));
  try {
    const fetched = join(place, "content");
    await fetch(fetched);
    await moveContent(fetched, directory);
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

/**
 * Moves what a directory holds into another and merges directories. What came out of a sandbox must not be written
 * through a link that came out of it earlier: links are replaced, never followed.
 */
async function moveContent(source: string, target: string): Promise<void> {
  for (const entry of await readdir(source, { withFileTypes: true })) {
    const [from, to] = [join(source, entry.name), join(target, entry.name)];
    const there = await lstat(to).catch(() => undefined);
    if (entry.isDirectory() && there?.isDirectory()) await moveContent(from, to);
    else if (entry.isDirectory() && there) throw new Error(`${to} is no directory; remove it first.`);
    else await rename(from, to);
  }
}

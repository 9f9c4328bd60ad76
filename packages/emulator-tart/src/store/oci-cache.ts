import { existsSync, lstatSync, mkdirSync, readdirSync, readlinkSync, rmSync, symlinkSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { doesNotExist } from "../failures.js";
import type { TartHome } from "./home.js";
import { formatRemoteName, isDigest, type RemoteName } from "./remote-name.js";
import { VmDirectory } from "./vm-directory.js";

/** One row of the cache: a digest with its files, or a tag that is a link to one. */
export interface CachedImage {
  readonly name: RemoteName;
  readonly directory: VmDirectory;
}

/** Where this image is in the cache, if it is. */
export function cachePath(home: TartHome, { host, namespace, reference }: RemoteName): string {
  return join(home.ociCache, host, namespace, reference);
}

/** The image, which a tag may lead to; undefined where the cache does not have it. */
export function findCached(home: TartHome, name: RemoteName): VmDirectory | undefined {
  const directory = new VmDirectory(cachePath(home, name));
  return directory.isComplete ? directory : undefined;
}

/** `sha256:…` of a cached image; undefined where the cache does not have it. */
export function cachedDigest(home: TartHome, name: RemoteName): string | undefined {
  if (findCached(home, name) === undefined) return undefined;
  return isDigest(name.reference) ? name.reference : basename(readlinkSync(cachePath(home, name)));
}

/** Lets a tag stand for a digest that is cached. */
export function linkTag(home: TartHome, name: RemoteName, digest: string): void {
  if (isDigest(name.reference)) return;
  const link = cachePath(home, name);
  mkdirSync(dirname(link), { recursive: true });
  rmSync(link, { force: true });
  symlinkSync(digest, link);
}

/** All of the cache, tags and digests, sorted by name. */
export function listCache(home: TartHome): CachedImage[] {
  const images = findImages(home.ociCache).map((path): CachedImage => {
    const [host = "", ...parts] = relative(home.ociCache, path).split("/");
    const name = { host, namespace: parts.slice(0, -1).join("/"), reference: parts.at(-1) ?? "" };
    return { name, directory: new VmDirectory(path) };
  });
  const complete = images.filter(({ directory }) => directory.isComplete);
  return complete.sort((a, b) => (formatRemoteName(a.name) < formatRemoteName(b.name) ? -1 : 1));
}

/** Takes an image out of the cache; with a digest its tags too, with the last tag its digest. */
export function removeCached(home: TartHome, name: RemoteName): void {
  const path = cachePath(home, name);
  const digest = cachedDigest(home, name);
  if (digest === undefined) throw doesNotExist(formatRemoteName(name));
  const siblings = tagsOf(dirname(path), digest);
  const goesWithIt = isDigest(name.reference) || siblings.length === 1;
  for (const tag of isDigest(name.reference) ? siblings : [path]) rmSync(tag);
  if (goesWithIt) rmSync(join(dirname(path), digest), { recursive: true });
}

/** Takes away digests that no tag leads to. */
export function collectUntagged(home: TartHome): void {
  for (const { name, directory } of listCache(home)) {
    if (!isDigest(name.reference) || tagsOf(dirname(directory.path), name.reference).length > 0) continue;
    rmSync(directory.path, { recursive: true });
  }
}

function tagsOf(namespace: string, digest: string): string[] {
  return readdirSync(namespace)
    .map((entry) => join(namespace, entry))
    .filter((path) => lstatSync(path).isSymbolicLink() && basename(readlinkSync(path)) === digest);
}

/** Directories of images, and links to them. */
function findImages(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isSymbolicLink() || entry.name.startsWith("sha256:")) return [path];
    return entry.isDirectory() ? findImages(path) : [];
  });
}

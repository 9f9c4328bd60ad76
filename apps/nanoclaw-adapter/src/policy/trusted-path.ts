import { realpath, stat } from "node:fs/promises";
import { dirname, relative, sep } from "node:path";
import type { ReadFile } from "../settings/regular-file.js";

/** Bits that let group and others write. */
const othersWrite = 0o022;
const sticky = 0o1000;

export interface Distrust {
  readonly reason: string;
  /** What mends it. */
  readonly hint: string;
}

/**
 * Why a file of the host is not to be believed, by the rule of `ssh`: it, and each directory on the way to it, belongs
 * to this user or to root, and nobody else may write to it.
 */
export async function whyNotTrusted(path: string, file: ReadFile): Promise<Distrust | undefined> {
  const real = await realpath(path);
  const own = distrust(real, file.ownerId, file.mode);
  if (own) return own;
  for (let directory = dirname(real); ; directory = dirname(directory)) {
    const { uid, mode } = await stat(directory);
    // What is in a sticky directory, such as /tmp, only its owner renames or removes.
    const found = distrust(directory, uid, mode & sticky ? mode & ~othersWrite : mode);
    if (found) return found;
    if (directory === dirname(directory)) return undefined;
  }
}

function distrust(path: string, ownerId: number, mode: number): Distrust | undefined {
  const self = process.geteuid?.();
  if (ownerId !== 0 && self !== undefined && ownerId !== self) {
    return {
      reason: `${path} belongs to user ${ownerId}, not to this one`,
      hint: `Run: sudo chown ${self} '${path}'`,
    };
  }
  if ((mode & othersWrite) === 0) return undefined;
  return { reason: `others may write to ${path}`, hint: `Run: chmod go-w '${path}'` };
}

/** Whether a path, links resolved, lies in a directory or is it. A directory that is not there holds nothing. */
export async function liesIn(path: string, directory: string): Promise<boolean> {
  try {
    const [inner, outer] = await Promise.all([realpath(path), realpath(directory)]);
    const between = relative(outer, inner);
    return between !== ".." && !between.startsWith(`..${sep}`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}

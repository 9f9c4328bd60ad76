import { lstat, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Mount, SandboxError } from "@nanoclaw/sandbox/adapter";
import { guestDoor } from "./arguments.js";
import { isWithin } from "./paths.js";
import type { SystemEntry } from "./system-paths.js";

/** A mount that bubblewrap can make as it was asked for. */
export interface PlannedMount extends Mount {
  /** Paths of the guest in it that are covered: the records of sandboxes are nothing for a guest. */
  readonly hidden: readonly string[];
}

/** A tree in the guest that comes from the host. */
interface Tree {
  readonly path: string;
  readonly source: string;
  readonly readOnly: boolean;
}

/**
 * Checks mounts against each other and against what else the guest shows, and puts them in order, outer ones
 * first. Bubblewrap makes what is missing of a target, through symbolic links and outside of the guest if they
 * lead there, or fails half way: what would end so is refused here with `invalid_argument`.
 */
export async function planMounts(
  mounts: readonly Mount[],
  system: readonly SystemEntry[],
  stateDirectory: string,
): Promise<PlannedMount[]> {
  const planned: PlannedMount[] = [];
  for (const { source: given, target, readOnly } of [...mounts].sort(outerFirst)) {
    const source = await realpath(given).catch((cause: Error) => {
      throw refusal(`The mount source ${given} cannot be used: ${cause.message}.`, cause);
    });
    if (isWithin(stateDirectory, source)) {
      throw refusal(`The mount source ${given} belongs to the records of sandboxes.`);
    }
    const kind = kindOf(await stat(source));
    await checkTarget(target, kind, system, planned);
    const hidden = isWithin(source, stateDirectory)
      ? [join(target, stateDirectory.slice(source.length))]
      : [];
    planned.push({ source, target, readOnly, hidden });
  }
  return planned;
}

/** Whether the working directory must be made. Refuses one that is in a tree of the host and not there. */
export async function mustMakeWorkdir(
  workdir: string,
  system: readonly SystemEntry[],
  mounts: readonly PlannedMount[],
): Promise<boolean> {
  const tree = innermost(workdir, treesOf(system, mounts));
  if (!tree) return true;
  const found = await stat(tree.source + workdir.slice(tree.path.length)).catch(ifMissing);
  if (!found?.isDirectory()) throw refusal(`The working directory ${workdir} does not exist in the guest.`);
  return false;
}

async function checkTarget(
  target: string,
  kind: "directory" | "file",
  system: readonly SystemEntry[],
  mounts: readonly PlannedMount[],
): Promise<void> {
  for (const path of ["/proc", "/dev", guestDoor]) {
    if (isWithin(path, target)) throw refusal(`The mount target ${target} lies in ${path}, which is taken.`);
    if (isWithin(target, path)) throw refusal(`The mount target ${target} would cover ${path}.`);
  }
  const link = system.find(({ kind, path }) => kind === "symlink" && isWithin(path, target));
  if (link) throw refusal(`The mount target ${target} goes through ${link.path}, a symbolic link.`);

  const tree = innermost(target, treesOf(system, mounts));
  if (!tree) return;
  let path = tree.source;
  for (const name of target.slice(tree.path.length).split("/").filter(Boolean)) {
    path = join(path, name);
    const found = await lstat(path).catch(ifMissing);
    if (found?.isSymbolicLink())
      throw refusal(`The mount target ${target} goes through ${path}, a symbolic link.`);
    if (found) continue;
    if (!tree.readOnly) return;
    throw refusal(
      `The mount target ${target} cannot be made: ${tree.path} is read-only and has no such ${kind}.`,
    );
  }
  const other = kindOf(await stat(path));
  if (other !== kind)
    throw refusal(`The mount target ${target} is a ${other} already, and its source a ${kind}.`);
}

/** What shows of the host. A mount covers what the guest would have shown below its target. */
function treesOf(system: readonly SystemEntry[], mounts: readonly PlannedMount[]): Tree[] {
  const shown = system.filter(({ path }) => !mounts.some(({ target }) => isWithin(target, path)));
  const binds = shown.flatMap((entry) => (entry.kind === "bind" ? [{ ...entry, readOnly: true }] : []));
  return [...binds, ...mounts.map(({ target, ...rest }) => ({ ...rest, path: target }))];
}

/** The tree that shows at a path: the deepest around it. */
function innermost(path: string, trees: readonly Tree[]): Tree | undefined {
  return trees
    .filter((tree) => isWithin(tree.path, path))
    .sort((one, other) => other.path.length - one.path.length)[0];
}

function outerFirst(one: Mount, other: Mount): number {
  return one.target.split("/").length - other.target.split("/").length;
}

function kindOf(stats: { isDirectory(): boolean }): "directory" | "file" {
  return stats.isDirectory() ? "directory" : "file";
}

function ifMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT" && error.code !== "ENOTDIR") throw error;
}

function refusal(message: string, cause?: Error): SandboxError {
  return new SandboxError("invalid_argument", message, {
    cause,
    hint: "Mount directories and files at targets of their own, such as /work/data.",
  });
}

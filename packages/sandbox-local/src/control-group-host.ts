import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const controllers = ["cpu", "memory", "pids"] as const;
export type Controller = (typeof controllers)[number];

/** Where this user can make control groups: for each controller that it may use, the directory above. */
export interface ControlGroupHost {
  readonly version: 1 | 2;
  readonly parents: Readonly<Partial<Record<Controller, string>>>;
}

/**
 * Looks where limits could be set. The groups are made beside or below the one that this process is in, so that
 * what limits this process limits them, too. Makes nothing. `root` is for tests.
 */
export function findControlGroupHost(root = "/"): ControlGroupHost {
  const mounts = mountsOf(readIfThere(join(root, "proc/self/mountinfo")));
  const own = ownGroups(readIfThere(join(root, "proc/self/cgroup")));
  const parents: Partial<Record<Controller, string>> = {};
  for (const controller of controllers) {
    const mount = mounts.find(({ type, options }) => type === "cgroup" && options.includes(controller));
    const directory = mount && join(root, mount.path, within(mount.root, own.get(controller)));
    if (directory && mayUse(directory)) parents[controller] = directory;
  }
  if (Object.keys(parents).length > 0) return { version: 1, parents };

  const unified = mounts.find(({ type }) => type === "cgroup2");
  if (!unified) return { version: 2, parents };
  const top = join(root, unified.path);
  const directory = join(top, within(unified.root, own.get("")));
  // A group that has processes gives no controllers to groups below it, unless it is the root.
  const parent = directory === top ? top : dirname(directory);
  const given = readIfThere(join(parent, "cgroup.subtree_control")).split(/\s+/);
  for (const controller of controllers) {
    if (given.includes(controller) && mayUse(parent)) parents[controller] = parent;
  }
  return { version: 2, parents };
}

interface CgroupMount {
  readonly root: string;
  readonly path: string;
  readonly type: string;
  readonly options: readonly string[];
}

/** See proc_pid_mountinfo(5): after a lone dash come the type, the source and the options of the file system. */
function mountsOf(text: string): CgroupMount[] {
  return text.split("\n").flatMap((line) => {
    const [before = "", after = ""] = line.split(" - ");
    const [, , , root = "", path = ""] = before.split(" ");
    const [type = "", , options = ""] = after.split(" ");
    return type.startsWith("cgroup") ? [{ root, path, type, options: options.split(",") }] : [];
  });
}

/** The group of this process by controller, that of version 2 by the empty name. See cgroups(7). */
function ownGroups(text: string): Map<string, string> {
  const groups = new Map<string, string>();
  for (const line of text.split("\n").filter(Boolean)) {
    const [, names = "", ...path] = line.split(":");
    for (const name of names.split(",")) groups.set(name, path.join(":"));
  }
  return groups;
}

/** A group below the root of a mount. In a container the root may be the container's own group. */
function within(root: string, group = "/"): string {
  if (group === root) return "";
  if (root === "/") return group;
  return group.startsWith(`${root}/`) ? group.slice(root.length) : "";
}

/** To make a group and to move a process into it takes both. */
function mayUse(directory: string): boolean {
  const file = join(directory, "cgroup.procs");
  if (!existsSync(file)) return false;
  try {
    accessSync(directory, constants.W_OK);
    accessSync(file, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}

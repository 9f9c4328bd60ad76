import { accessSync, constants, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { hasErrorCode } from "../failures.js";

const controllers = ["cpu", "cpuacct", "memory"] as const;
export type Controller = (typeof controllers)[number];

/** Where control groups can be made here: for each controller that can be used, the directory above. */
export interface ControlGroupHost {
  readonly version: 1 | 2;
  readonly parents: Readonly<Partial<Record<Controller, string>>>;
}

/** Looks for the groups that this process is in: what limits it limits those below, too. See cgroups(7). */
export function findControlGroupHost(): ControlGroupHost {
  const mounts = readIfThere("/proc/self/mountinfo").split("\n").flatMap(mountOf);
  const own = ownGroups();
  const parents: Partial<Record<Controller, string>> = {};
  for (const controller of controllers) {
    const mount = mounts.find(({ type, options }) => type === "cgroup" && options.includes(controller));
    const directory = mount && join(mount.path, below(mount.root, own.get(controller)));
    if (directory && mayUse(directory)) parents[controller] = directory;
  }
  if (Object.keys(parents).length > 0) return { version: 1, parents };

  const unified = mounts.find(({ type }) => type === "cgroup2");
  if (unified === undefined) return { version: 2, parents };
  const directory = join(unified.path, below(unified.root, own.get("")));
  // A group that has processes gives no controllers to groups below it, unless it is the root.
  const parent = directory === unified.path ? directory : dirname(directory);
  const given = readIfThere(join(parent, "cgroup.subtree_control")).split(/\s+/);
  for (const controller of ["cpu", "memory"] as const) {
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
function mountOf(line: string): CgroupMount[] {
  const [before = "", after = ""] = line.split(" - ");
  const [, , , root = "", path = ""] = before.split(" ");
  const [type = "", , options = ""] = after.split(" ");
  return type.startsWith("cgroup") ? [{ root, path, type, options: options.split(",") }] : [];
}

/** The group of this process by controller, that of version 2 by the empty name. */
function ownGroups(): Map<string, string> {
  const lines = readIfThere("/proc/self/cgroup").split("\n").filter(Boolean);
  return new Map(
    lines.flatMap((line) => {
      const [, names = "", ...path] = line.split(":");
      return names.split(",").map((name) => [name, path.join(":")] as const);
    }),
  );
}

/** A group below the root of a mount. In a container the root may be the container's own group. */
function below(root: string, group = "/"): string {
  if (group === root) return "";
  if (root === "/") return group;
  return group.startsWith(`${root}/`) ? group.slice(root.length) : "";
}

function mayUse(directory: string): boolean {
  try {
    for (const path of [directory, join(directory, "cgroup.procs")]) accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (hasErrorCode(error, "ENOENT")) return "";
    throw error;
  }
}

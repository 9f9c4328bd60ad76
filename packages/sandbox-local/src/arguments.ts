import type { PlannedMount } from "./mounts.js";
import type { SystemEntry } from "./system-paths.js";

/** Where the guest sees the pipes by which processes are started in it. */
export const guestDoor = "/run/sandbox";

/** User and group of everything in the guest. No number there is the host's root, not even when root runs this. */
export const guestUser = { id: 1000, name: "sandbox", home: "/home/sandbox" } as const;

/** A guest, laid out: what `bubblewrapArguments` needs to know and nothing that it would have to look up. */
export interface GuestPlan {
  readonly hostname: string;
  readonly network: "open" | "none";
  readonly environment: Readonly<Record<string, string>>;
  readonly system: readonly SystemEntry[];
  /** Small files made for the guest: content by path. */
  readonly files: ReadonlyMap<string, string>;
  readonly mounts: readonly PlannedMount[];
  readonly workdir: string;
  /** Whether the working directory is to be made. Otherwise it is in a mount. */
  readonly makeWorkdir: boolean;
  /** Sizes of the guest's own files and of its shared memory. Default of each: half of the host's memory. */
  readonly diskBytes?: number;
  readonly sharedMemoryBytes?: number;
}

/**
 * What is read by `--args`, and so shows in no process list: environment and paths may be private. The files
 * are read from descriptors, numbered from `firstFile` in the order of the plan.
 */
export function bubblewrapArguments(plan: GuestPlan, firstFile: number): string[] {
  return [
    ...walls(plan),
    // One file system for all that the guest writes, so that one limit holds for it.
    ...[...size(plan.diskBytes), "--tmpfs", "/"],
    // What bubblewrap makes on the way to something else, only its maker can enter.
    ...["/etc", "/home", "/run", "/var"].flatMap((path) => ["--dir", path]),
    ...plan.system.flatMap(systemArguments),
    // Written to by nobody: parts of it, such as the pattern for core dumps, would work outside the sandbox.
    ...["--proc", "/proc", "--remount-ro", "/proc"],
    ...["--dev", "/dev", "--remount-ro", "/dev"],
    ...["--perms", "1777", ...size(plan.sharedMemoryBytes), "--tmpfs", "/dev/shm"],
    ...["/tmp", "/var/tmp"].flatMap((path) => ["--perms", "1777", "--dir", path]),
    ...["--dir", guestUser.home],
    ...[...plan.files.keys()].flatMap((path, index) => [
      "--perms",
      "0644",
      "--file",
      String(firstFile + index),
      path,
    ]),
    ...(plan.makeWorkdir ? ["--dir", plan.workdir] : []),
    ...plan.mounts.flatMap(mountArguments),
    ...["--chdir", plan.workdir],
    "--clearenv",
    ...Object.entries(plan.environment).flatMap(([name, value]) => ["--setenv", name, value]),
  ];
}

/** Every kind of namespace, no privilege, and no way to a user namespace in which there would be some. */
function walls({ hostname, network }: GuestPlan): string[] {
  return [
    ...["--unshare-all", "--unshare-user", "--disable-userns"],
    ...(network === "open" ? ["--share-net"] : []),
    ...["--uid", String(guestUser.id), "--gid", String(guestUser.id), "--cap-drop", "ALL"],
    ...["--hostname", hostname, "--new-session", "--as-pid-1"],
  ];
}

function size(bytes: number | undefined): string[] {
  return bytes === undefined ? [] : ["--size", String(bytes)];
}

function systemArguments(entry: SystemEntry): string[] {
  return entry.kind === "bind"
    ? ["--ro-bind", entry.source, entry.path]
    : ["--symlink", entry.to, entry.path];
}

function mountArguments(mount: PlannedMount): string[] {
  const { source, target, readOnly, hidden } = mount;
  return [
    ...[readOnly ? "--ro-bind" : "--bind", source, target],
    ...hidden.flatMap((path) => ["--tmpfs", path, "--remount-ro", path]),
  ];
}

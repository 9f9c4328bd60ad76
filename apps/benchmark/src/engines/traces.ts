import { readdirSync, readFileSync, rmdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { removeContainer } from "./bench-labels.js";
import { connect } from "./connection.js";
import type { Target } from "./target.js";

/** What gives away that something is of one owner process. */
export interface Suspect {
  readonly target: Target;
  /** In labels. */
  readonly mark: string;
  /** An argument of the command in the sandbox that nothing else has. */
  readonly argument: string;
  /** Ids of sandboxes, as far as they are known. */
  readonly ids: readonly string[];
  /** Where the owner and what it starts keep their state; in the environment of all of them. */
  readonly directory: string;
}

/** Something that an owner left. */
export interface Trace {
  readonly text: string;
  remove(): Promise<void>;
}

/** All that is left of an owner: on its engine, in the process table, on disk. The last two on Linux only. */
export async function findTraces(suspect: Suspect): Promise<Trace[]> {
  return [
    ...(await containers(suspect)),
    ...processes(suspect),
    ...files(suspect),
    ...controlGroups(suspect),
  ];
}

async function containers({ target, mark, ids }: Suspect): Promise<Trace[]> {
  if (target.engine !== "docker" || target.endpoint === undefined) return [];
  const docker = connect(target.endpoint);
  const found = await docker.listContainers({ all: true });
  return found
    .filter(({ Id, Names, Labels }) => {
      const known = [Id, ...(Names ?? [])].some((name) => ids.some((id) => name.includes(id)));
      return known || Object.values(Labels ?? {}).some((value) => value.includes(mark));
    })
    .map(({ Id, Names, State }) => ({
      text: `container ${Names?.[0] ?? Id} (${State})`,
      remove: () => removeContainer(docker, Id),
    }));
}

function processes({ directory, argument }: Suspect): Trace[] {
  return numericNames("/proc").flatMap((pid) => {
    const command = readIfThere(`/proc/${pid}/cmdline`);
    // Whatever the owner starts on the host is told by the environment where to keep its state.
    if (!command.includes(argument) && !readIfThere(`/proc/${pid}/environ`).includes(directory)) return [];
    return [
      {
        text: `process ${pid}: ${command.replaceAll("\0", " ").trim()}`,
        remove: async () => kill(Number(pid)),
      },
    ];
  });
}

function files({ directory, mark, ids }: Suspect): Trace[] {
  const words = [mark, ...ids];
  const tells = (text: string) => words.some((word) => text.includes(word));
  return listTree(directory)
    .filter(({ path, isFile }) => tells(path.slice(directory.length)) || (isFile && tells(readIfThere(path))))
    .map(({ path }) => ({
      text: `file ${path}`,
      remove: () => rm(path, { recursive: true, force: true }),
    }));
}

/** One for each sandbox, as a host may have a dozen hierarchies. */
function controlGroups({ ids }: Suspect): Trace[] {
  const directories = ids.length === 0 ? [] : listTree("/sys/fs/cgroup").filter(({ isFile }) => !isFile);
  return ids.flatMap((id) => {
    const own = directories.map(({ path }) => path).filter((path) => path.includes(id));
    if (own.length === 0) return [];
    return [
      { text: `control groups ${own.join(", ")}`, remove: async () => own.reverse().forEach(removeGroup) },
    ];
  });
}

function listTree(directory: string): { path: string; isFile: boolean }[] {
  try {
    return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
      const path = join(directory, entry.name);
      if (!entry.isDirectory()) return [{ path, isFile: entry.isFile() }];
      return [{ path, isFile: false }, ...listTree(path)];
    });
  } catch {
    // It went away while it was looked at, which is what is hoped for, or was never there.
    return [];
  }
}

function numericNames(directory: string): string[] {
  try {
    return readdirSync(directory).filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

/** Empty for what is gone, or not for this user to see. */
function readIfThere(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}

/** A group goes by rmdir once it is empty; what is in it has been removed before. */
function removeGroup(path: string): void {
  try {
    rmdirSync(path);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

import { execFile } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { SystemFailure } from "../failures.js";
import { faultStrikes } from "./faults.js";
import type { TartHome } from "./home.js";
import { delay } from "./interruption.js";
import { makeTemporary, type TemporaryMachine } from "./temporary.js";
import type { VmDirectory } from "./vm-directory.js";

/** Everything that a machine's disk and memory are made of; never its control socket. */
export function filesOf(machine: VmDirectory): string[] {
  const { config, nvram, disk, savedState, contents, guest } = machine;
  return [config, nvram, disk, savedState, contents, guest].filter((path) => existsSync(path));
}

/** Copies a machine, sharing blocks where the file system can. What is interrupted or fails is for the next sweep. */
export async function copyMachine(home: TartHome, source: VmDirectory): Promise<TemporaryMachine> {
  const temporary = await makeTemporary(home);
  try {
    await copyInto(home, source, temporary.directory.path);
    await delay(home.settings.cloneMs, home.interrupted);
  } catch (error) {
    if (home.interrupted.aborted) rmSync(temporary.directory.path, { recursive: true, force: true });
    throw error;
  }
  return temporary;
}

async function copyInto(home: TartHome, source: VmDirectory, target: string): Promise<void> {
  if (faultStrikes(home, "disk-full")) {
    await copyFiles([source.config], target, home.interrupted);
    throw diskFull();
  }
  await copyFiles(filesOf(source), target, home.interrupted);
}

export function diskFull(): SystemFailure {
  return new SystemFailure(
    "You can’t save the file “disk.img” because the volume “Macintosh HD” is out of space.",
  );
}

/** Puts a finished machine in its place, instead of whatever is there. */
export async function moveInto(
  home: TartHome,
  { directory, lock }: TemporaryMachine,
  target: string,
): Promise<void> {
  mkdirSync(dirname(target), { recursive: true });
  if (existsSync(target)) {
    // Two renames: a machine is there at every moment but one, and never half of one.
    const old = await makeTemporary(home);
    renameSync(target, old.directory.path);
    renameSync(directory.path, target);
    rmSync(old.directory.path, { recursive: true, force: true });
    old.lock.release();
  } else {
    renameSync(directory.path, target);
  }
  lock.release();
}

async function copyFiles(paths: readonly string[], target: string, signal: AbortSignal): Promise<void> {
  const argv = ["-a", "--reflink=auto", "--sparse=auto", "--", ...paths, target];
  try {
    await promisify(execFile)("cp", argv, { signal });
  } catch (error) {
    // What a running guest removes meanwhile is missing from the copy, as from the disk of a machine that lost power.
    if (!onlyMissesFiles(error)) throw error;
  }
}

function onlyMissesFiles(error: unknown): boolean {
  if (!(error instanceof Error && "stderr" in error) || typeof error.stderr !== "string") return false;
  const lines = error.stderr.trim().split("\n");
  return lines.every((line) => line.endsWith("No such file or directory"));
}

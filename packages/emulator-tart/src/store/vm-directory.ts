import { closeSync, existsSync, ftruncateSync, openSync, readFileSync, statSync, utimesSync } from "node:fs";
import { basename, join } from "node:path";
import { doesNotExist, hasErrorCode, RuntimeFailure } from "../failures.js";
import type { TartHome } from "./home.js";
import { holderIn, readSockets } from "./locks.js";
import { isAtLeast } from "./settings.js";
import { readConfig, type VmConfig } from "./vm-config.js";

export type VmState = "running" | "suspended" | "stopped";

/** Which guest agent the disk has. */
export type AgentGeneration = "old" | "new" | "none";

/** What an emulated disk would hold, beside the files in `VmDirectory.guest`. */
export interface DiskContents {
  readonly agent: AgentGeneration;
}

/** The files of one machine or image. */
export class VmDirectory {
  constructor(readonly path: string) {}

  get name(): string {
    return basename(this.path);
  }

  get config(): string {
    return join(this.path, "config.json");
  }

  /** A sparse file of the size that the disk has. Its contents are in `guest` and `contents`. */
  get disk(): string {
    return join(this.path, "disk.img");
  }

  get nvram(): string {
    return join(this.path, "nvram.bin");
  }

  /** There while the machine is suspended. */
  get savedState(): string {
    return join(this.path, "state.vzvmsave");
  }

  get controlSocket(): string {
    return join(this.path, "control.sock");
  }

  /** `DiskContents`. */
  get contents(): string {
    return join(this.path, "emulator-disk.json");
  }

  /** The guest's own files: a directory, made by the first boot and copied with the machine. */
  get guest(): string {
    return join(this.path, "emulator-guest");
  }

  /** Whether `list`, `rename` and those that overwrite see a machine here. */
  get isComplete(): boolean {
    return [this.config, this.disk, this.nvram].every((file) => existsSync(file));
  }

  readConfig(): VmConfig {
    return readConfig(this.config);
  }

  readContents(): DiskContents {
    try {
      return JSON.parse(readFileSync(this.contents, "utf8")) as DiskContents;
    } catch (error) {
      if (hasErrorCode(error, "ENOENT")) return { agent: "none" };
      throw error;
    }
  }

  /** Bytes. */
  get diskSize(): number {
    return statSync(this.disk).size;
  }

  /** Bytes that the files take on the disk of the host; the guest's own files are not told. */
  get allocatedSize(): number {
    return [this.config, this.disk, this.nvram].reduce((sum, file) => sum + statSync(file).blocks * 512, 0);
  }

  get accessed(): Date {
    return statSync(this.path).atime;
  }

  /** Notes that the machine was used; `list` and `prune` go by it. */
  touch(): void {
    utimesSync(this.path, new Date(), statSync(this.path).mtime);
  }
}

/** The directory of this name, whether or not there is a machine in it. */
export function localDirectory(home: TartHome, name: string): VmDirectory {
  return new VmDirectory(join(home.vms, name));
}

/** The local machine of this name. Exit code 2 where there is none, 1 where some of its files are missing. */
export function openLocal(home: TartHome, name: string): VmDirectory {
  const directory = localDirectory(home, name);
  if (!existsSync(directory.path)) throw doesNotExist(name);
  requireComplete(home, directory);
  directory.touch();
  return directory;
}

function requireComplete(home: TartHome, directory: VmDirectory): void {
  if (directory.isComplete) return;
  throw new RuntimeFailure(
    isAtLeast(home.settings, "2.36.0")
      ? "VM is missing files for a supported layout: config.json, disk.img and nvram.bin"
      : "VM is missing some of its files (config.json, disk.img or nvram.bin)",
  );
}

/** The process that runs this machine. */
export function runnerOf(
  home: TartHome,
  directory: VmDirectory,
  sockets = readSockets(),
): number | undefined {
  if (home.settings.faults.includes("lock-lost")) return undefined;
  return holderIn(sockets, directory.config);
}

export function stateOf(home: TartHome, directory: VmDirectory, sockets = readSockets()): VmState {
  if (runnerOf(home, directory, sockets) !== undefined) return "running";
  return existsSync(directory.savedState) ? "suspended" : "stopped";
}

/** Makes a sparse file of this many bytes. */
export function makeSparse(path: string, size: number): void {
  const descriptor = openSync(path, "wx");
  try {
    ftruncateSync(descriptor, size);
  } finally {
    closeSync(descriptor);
  }
}

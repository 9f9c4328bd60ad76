import { randomUUID } from "node:crypto";
import { closeSync, ftruncateSync, mkdirSync, openSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ContainerFailure } from "../failures.js";
import { isoDate } from "../output/print.js";
import { Records } from "./records.js";

/** The `configuration` of `volume list` (apple-container.md §6.5). */
export interface Volume {
  readonly name: string;
  readonly driver: "local";
  readonly format: "ext4";
  /** The file that would be the volume's disk; `volumeFiles` has what would be on it. */
  readonly source: string;
  readonly creationDate: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, string>>;
  readonly sizeInBytes: number;
}

export interface NewVolume {
  /** Default: a random one, for a volume that is called anonymous. */
  readonly name?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly options?: Readonly<Record<string, string>>;
  /** Bytes. Default 512 GiB, of which nothing is there until it is written. */
  readonly sizeInBytes?: number;
}

const DEFAULT_SIZE_BYTES = 512 * 2 ** 30;
const MINIMUM_SIZE_BYTES = 2 ** 20;
const ANONYMOUS = "com.apple.container.resource.anonymous";

export function volumesOf(home: string): Records<Volume> {
  return new Records(join(home, "volumes"));
}

/** The directory that stands for a volume's file system: to be mounted where the volume is. */
export function volumeFiles(home: string, name: string): string {
  return join(home, "volumes", name, "files");
}

/** Throws where the name is taken or the size is too small (apple-container.md §10.4). */
export function createVolume(home: string, given: NewVolume): Volume {
  const { name = randomUUID(), labels = {}, options = {}, sizeInBytes = DEFAULT_SIZE_BYTES } = given;
  if (sizeInBytes < MINIMUM_SIZE_BYTES) {
    throw new ContainerFailure("invalidArgument", "storage error: volume size too small: minimum 1MiB");
  }
  const volume: Volume = {
    name,
    driver: "local",
    format: "ext4",
    source: join(home, "volumes", name, "volume.img"),
    creationDate: isoDate(new Date()),
    labels: given.name === undefined ? { ...labels, [ANONYMOUS]: "" } : labels,
    options,
    sizeInBytes,
  };
  if (volumesOf(home).find(name) !== undefined) throw volumeExists(name);
  mkdirSync(join(volumeFiles(home, name), "lost+found"), { recursive: true, mode: 0o755 });
  makeSparse(volume.source, sizeInBytes);
  // Last: from here on it is there for others, and of two that make it one has made it.
  if (!volumesOf(home).add(name, volume)) throw volumeExists(name);
  return volume;
}

export function deleteVolume(home: string, name: string): void {
  volumesOf(home).remove(name);
  rmSync(join(home, "volumes", name), { recursive: true, force: true });
}

function volumeExists(name: string): ContainerFailure {
  return new ContainerFailure("exists", `volume '${name}' already exists`);
}

function makeSparse(path: string, size: number): void {
  const file = openSync(path, "w");
  ftruncateSync(file, size);
  closeSync(file);
}

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseRemoteName } from "./store/remote-name.js";
import { type DiskFormat, type GuestOs, newConfig, writeConfig } from "./store/vm-config.js";
import { type AgentGeneration, type DiskContents, makeSparse, VmDirectory } from "./store/vm-directory.js";

export interface ImageOptions {
  /** A local machine's name, or `host/namespace:tag` for an image that has to be pulled. */
  readonly name: string;
  readonly os: GuestOs;
  /** The guest agent on its disk. */
  readonly agent: AgentGeneration;
  /** Default 20. */
  readonly diskGigabytes?: number;
  /** Default `"raw"`. */
  readonly diskFormat?: DiskFormat;
}

/** Makes a machine with a system on its disk, in the home or in one of its registries. */
export function makeImage(homePath: string, options: ImageOptions): void {
  const { name, os, agent, diskGigabytes = 20, diskFormat = "raw" } = options;
  const directory = new VmDirectory(imagePath(homePath, name));
  mkdirSync(directory.path, { recursive: true });
  makeSparse(directory.disk, diskGigabytes * 1e9);
  writeFileSync(directory.nvram, name);
  writeFileSync(directory.contents, JSON.stringify({ agent } satisfies DiskContents));
  // Last: from here on `list` shows it.
  writeConfig(directory.config, newConfig(os, diskFormat));
}

/** Where the image of this name is. */
export function imagePath(homePath: string, name: string): string {
  const remote = parseRemoteName(name);
  if (remote === undefined) return join(homePath, "vms", name);
  return join(homePath, "emulator-registry", remote.host, remote.namespace, remote.reference);
}

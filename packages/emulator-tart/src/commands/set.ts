import { execFile } from "node:child_process";
import { existsSync, rmSync, truncateSync } from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
import type { Command, Parsed } from "../arguments/parsed.js";
import { RuntimeFailure, SystemFailure } from "../failures.js";
import { newMacAddress, newSerial, type VmConfig, writeConfig } from "../store/vm-config.js";
import { openLocal, VmDirectory } from "../store/vm-directory.js";

const bytesPerMiB = 2 ** 20;

/** Changes a machine whether or not it runs; what runs sees the change at its next boot. */
export const run: Command = async (parsed, home) => {
  const directory = openLocal(home, parsed.text("name"));
  writeConfig(directory.config, changed(directory.readConfig(), parsed));
  const disk = parsed.optionalText("disk");
  if (disk !== undefined) await replaceDisk(directory, disk);
  const size = parsed.optionalNumber("disk-size");
  if (size !== undefined) growDisk(directory, size * 1e9);
  return 0;
};

function changed(config: VmConfig, parsed: Parsed): VmConfig {
  // Every call rewrites it, also one that says nothing about it.
  const { displayRefit: _, ...rest } = config;
  const refit = parsed.optionalFlag("display-refit");
  return {
    ...rest,
    cpuCount: atLeast(parsed.optionalNumber("cpu"), config.cpuCountMin, "CPU cores") ?? config.cpuCount,
    memorySize:
      atLeast(bytes(parsed.optionalNumber("memory")), config.memorySizeMin, "bytes of memory") ??
      config.memorySize,
    display: { ...config.display, ...displayOf(parsed.optionalText("display")) },
    ...(refit !== undefined && { displayRefit: refit }),
    ...(parsed.flag("random-mac") && { macAddress: newMacAddress() }),
    ...(parsed.flag("random-serial") && config.os === "darwin" && { ecid: newSerial() }),
  };
}

function bytes(mebibytes: number | undefined): number | undefined {
  return mebibytes === undefined ? undefined : mebibytes * bytesPerMiB;
}

function atLeast(value: number | undefined, minimum: number, unit: string): number | undefined {
  if (value === undefined || value >= minimum) return value;
  throw new SystemFailure(
    `LessThanMinimalResourcesError: VM should have ${minimum} ${unit} at minimum (requested ${value})`,
  );
}

/** What cannot be read is as good as not said. */
function displayOf(text: string | undefined): Partial<VmConfig["display"]> {
  if (text === undefined) return {};
  const unit = /(pt|px)$/.exec(text)?.[0];
  const [width = 0, height = 0] = text
    .slice(0, text.length - (unit?.length ?? 0))
    .split("x")
    .map(Number);
  return {
    ...(Number.isInteger(width) && width > 0 && { width }),
    ...(Number.isInteger(height) && height > 0 && { height }),
    ...((unit === "pt" || unit === "px") && { unit }),
  };
}

/** The files that stand for a disk's contents lie beside it and come with it. */
async function replaceDisk(directory: VmDirectory, disk: string): Promise<void> {
  if (!existsSync(disk)) throw new SystemFailure(`The file “${disk}” doesn’t exist.`);
  const source = new VmDirectory(dirname(disk));
  const beside = [
    [source.contents, directory.contents],
    [source.guest, directory.guest],
  ] as const;
  for (const [from, to] of [[disk, directory.disk], ...beside] as const) {
    rmSync(to, { recursive: true, force: true });
    if (existsSync(from)) await promisify(execFile)("cp", ["-a", "--reflink=auto", "--", from, to]);
  }
}

function growDisk(directory: VmDirectory, size: number): void {
  const current = directory.diskSize;
  if (size < current) {
    throw new RuntimeFailure(
      `new disk size of ${size / 1e9} GB should be larger than the current disk size of ${current / 1e9} GB`,
    );
  }
  truncateSync(directory.disk, size);
}

import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasErrorCode } from "../error-code.js";
import { formatIdentity, identify } from "../process-identity.js";

/** Two thirds of a socket's longest path, which leaves the rest to what daemons make below. */
const LONGEST_DIRECTORY = 70;
const COUNT = 60;

/** The number, directory and addresses that one engine has for itself. */
export interface Place {
  readonly number: number;
  readonly directory: string;
  /** The first half of its IPv4 addresses, as in `10.192`. */
  readonly network: string;
  readonly bridge: string;
}

/** `nanoclaw-engine-7` in a parent directory is the whole of engine 7. */
export const DIRECTORY_PATTERN = /^nanoclaw-engine-(\d+)$/;

export function defaultParentDirectory(): string {
  const directory = tmpdir();
  return directory.length > LONGEST_DIRECTORY - 20 ? "/tmp" : directory;
}

export function placeOf(number: number, parentDirectory: string): Place {
  return {
    number,
    directory: join(parentDirectory, `nanoclaw-engine-${number}`),
    network: `10.${192 + number}`,
    bridge: `nanoclaw${number}`,
  };
}

/**
 * Takes the first free place at or after `first`. The owner's identity is in the directory from the first moment on,
 * so that nobody takes it for a leftover.
 */
export function claimPlace(parentDirectory: string, first: number): Place {
  const owner = identify(process.pid);
  if (owner === undefined) throw new Error("/proc does not show this process");
  mkdirSync(parentDirectory, { recursive: true });
  const draft = mkdtempSync(join(parentDirectory, "nanoclaw-engine-draft-"));
  try {
    writeFileSync(join(draft, "owner"), formatIdentity(owner));
    const routes = readRoutes();
    for (let number = first; number < COUNT; number++) {
      const place = placeOf(number, parentDirectory);
      if (routes.some((route) => overlaps(route, place.network))) continue;
      try {
        renameSync(draft, place.directory);
        return place;
      } catch (error) {
        // Somebody else's: a directory that is not empty cannot be replaced.
        if (!hasErrorCode(error, "ENOTEMPTY") && !hasErrorCode(error, "EEXIST")) throw error;
      }
    }
    throw new Error(`No free address range for an engine in 10.192.0.0/16 to 10.${192 + COUNT - 1}.0.0/16`);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw error;
  }
}

interface Route {
  readonly destination: number;
  readonly mask: number;
}

/** The routes of this host without the default ones. Linux writes them in hexadecimal, lowest byte first. */
function readRoutes(): Route[] {
  const routes: Route[] = [];
  for (const line of readFileSync("/proc/net/route", "utf8").split("\n").slice(1)) {
    const fields = line.split("\t");
    if (fields.length < 8) continue;
    const mask = littleEndian(fields[7]);
    if (mask !== 0) routes.push({ destination: littleEndian(fields[1]), mask });
  }
  return routes;
}

function littleEndian(hex = ""): number {
  return Buffer.from(hex, "hex").readUInt32LE(0);
}

function overlaps({ destination, mask }: Route, network: string): boolean {
  const [first, second] = network.split(".").map(Number);
  const address = (((first ?? 0) << 24) | ((second ?? 0) << 16)) >>> 0;
  const common = (mask & 0xffff0000) >>> 0;
  return (address & common) >>> 0 === (destination & common) >>> 0;
}

import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { formatIdentity, identify } from "../process-identity.js";

/** What the directory of every engine begins with. */
export const DIRECTORY_PREFIX = "nanoclaw-engine-";

/** Two thirds of a socket's longest path, which leaves the rest to what daemons make below. */
const LONGEST_PARENT = 50;

/** The directory of one engine and what is named after it. Never used a second time. */
export interface Place {
  readonly directory: string;
  /** The name of its directory and of its control groups. */
  readonly name: string;
}

/** A bridge and the addresses that go with it; free for another engine after the end of this one. */
export interface BridgeChoice {
  readonly bridge: string;
  /** The first half of the IPv4 addresses, as in `10.192`. */
  readonly network: string;
}

export function defaultParentDirectory(): string {
  const directory = tmpdir();
  return directory.length > LONGEST_PARENT ? "/tmp" : directory;
}

/** Makes a directory with the owner's identity in it, for whoever looks for leftovers. */
export function makePlace(parentDirectory: string): Place {
  const owner = identify(process.pid);
  if (owner === undefined) throw new Error("/proc does not show this process");
  mkdirSync(parentDirectory, { recursive: true });
  const directory = mkdtempSync(join(parentDirectory, DIRECTORY_PREFIX));
  writeFileSync(join(directory, "owner"), formatIdentity(owner));
  return { directory, name: basename(directory) };
}

/** Every bridge with addresses that this host has no route for, in a random order: engines that start together differ. */
export function* bridgeChoices(): Generator<BridgeChoice> {
  const first = 192;
  const count = 60;
  const start = Math.floor(Math.random() * count);
  for (let step = 0; step < count; step++) {
    const number = (start + step) % count;
    const network = `10.${first + number}`;
    if (!readRoutes().some((route) => overlaps(route, network)))
      yield { bridge: `nanoclaw${number}`, network };
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

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { hasErrorCode } from "../error-code.js";
import { isAlive, parseIdentity } from "../process-identity.js";
import { processesContaining } from "../process-table.js";
import { scriptPath } from "../scripts.js";
import { waitUntilGone } from "../wait-until-gone.js";
import { DIRECTORY_PREFIX, defaultParentDirectory, type Place } from "./place.js";

/** A keeper whose owner died needs less than a second for its work. */
const KEEPER_DEADLINE_MS = 15_000;

/** A directory without its owner's identity may be about to get it. */
const UNOWNED_AGE_MS = 60_000;

/** The bridge that an engine holds. The index tells it from a later one of the same name. */
export interface HeldBridge {
  readonly bridge: string;
  readonly index: string;
  readonly network: string;
}

/** The bridge of an engine, from its directory; undefined before it has one and after its end. */
export function readHeldBridge(directory: string): HeldBridge | undefined {
  const [bridge, index, network] = readIfThere(join(directory, "bridge"))?.trim().split(" ") ?? [];
  return bridge && index && network ? { bridge, index, network } : undefined;
}

/** All that can be seen of an engine on this host, one line for each thing. Empty when it is gone. */
export function leftoversOf({ directory, name }: Place, held: HeldBridge | undefined): string[] {
  const left = processesContaining(`${directory}/`).map(({ pid, command }) => `process ${pid}: ${command}`);
  if (held !== undefined) left.push(...interfacesOf(held).map((found) => `interface ${found}`));
  for (const line of readFileSync("/proc/self/mountinfo", "utf8").split("\n")) {
    if (line.includes(`${directory}/`)) left.push(`mount ${line}`);
  }
  for (const hierarchy of ["", ...readdirSync("/sys/fs/cgroup")]) {
    const group = join("/sys/fs/cgroup", hierarchy, name);
    if (existsSync(group)) left.push(`control group ${group}`);
  }
  if (existsSync(directory)) left.push(`directory ${directory}`);
  return left;
}

function interfacesOf({ bridge, index, network }: HeldBridge): string[] {
  const present = readIfThere(`/sys/class/net/${bridge}/ifindex`)?.trim();
  // Then another engine has these addresses by now.
  if (present !== undefined && present !== index) return [];
  return Object.entries(networkInterfaces())
    .filter(([, addresses]) => addresses?.some(({ address }) => address.startsWith(`${network}.`)))
    .map(([name]) => name)
    .concat(present === undefined ? [] : [bridge]);
}

/**
 * Removes what engines left whose owner and keeper are both dead, and waits for keepers that are at work.
 *
 * @returns The directories that were removed.
 */
export async function sweepLeftovers(parentDirectory = defaultParentDirectory()): Promise<string[]> {
  const removed: string[] = [];
  for (const name of existsSync(parentDirectory) ? readdirSync(parentDirectory) : []) {
    const directory = join(parentDirectory, name);
    if (!name.startsWith(DIRECTORY_PREFIX) || runs(join(directory, "owner")) || isBeingMade(directory))
      continue;
    // Twice at most: a keeper that had just been started when its owner died can show itself while this removes.
    for (let attempt = 0; attempt < 2 && existsSync(directory); attempt++) {
      await waitUntilGone(() => runs(join(directory, "keeper")), KEEPER_DEADLINE_MS);
      if (existsSync(directory)) remove(directory);
    }
    if (existsSync(directory)) throw new Error(`${directory} was left by an engine and cannot be removed`);
    removed.push(directory);
  }
  return removed;
}

function remove(directory: string): void {
  // Its first process reads the same pipe as the keeper did and should be gone; it takes all others along.
  for (const { pid, command } of processesContaining(`engine-init.sh ${directory} `)) {
    if (command.startsWith("bash ")) process.kill(pid, "SIGKILL");
  }
  const held = readHeldBridge(directory);
  const bridge = held === undefined ? [] : [held.bridge, held.index, held.network];
  spawnSync("sh", [scriptPath("remove-engine.sh"), directory, ...bridge], { stdio: "ignore" });
}

function isBeingMade(directory: string): boolean {
  if (existsSync(join(directory, "owner"))) return false;
  const since = statSync(directory, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return Date.now() - since < UNOWNED_AGE_MS;
}

function runs(path: string): boolean {
  const identity = parseIdentity(readIfThere(path) ?? "");
  return identity !== undefined && isAlive(identity);
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    // EINVAL: an interface that is being removed.
    if (hasErrorCode(error, "ENOENT") || hasErrorCode(error, "EINVAL")) return undefined;
    throw error;
  }
}

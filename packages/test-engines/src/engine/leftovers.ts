import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { hasErrorCode } from "../error-code.js";
import { isAlive, parseIdentity } from "../process-identity.js";
import { processesContaining } from "../process-table.js";
import { scriptPath } from "../scripts.js";
import { waitUntilGone } from "../wait-until-gone.js";
import { DIRECTORY_PATTERN, defaultParentDirectory, type Place, placeOf } from "./place.js";

/** A keeper whose owner died needs less than a second for its work. */
const KEEPER_DEADLINE_MS = 15_000;

/** All that can be seen of an engine on this host, one line for each thing. Empty when it is gone. */
export function leftoversOf(place: Place): string[] {
  const { directory, bridge, network, number } = place;
  const left = processesContaining(`${directory}/`).map(({ pid, command }) => `process ${pid}: ${command}`);
  for (const [name, addresses] of Object.entries(networkInterfaces())) {
    if (addresses?.some(({ address }) => address.startsWith(`${network}.`))) left.push(`interface ${name}`);
  }
  if (existsSync(`/sys/class/net/${bridge}`)) left.push(`bridge ${bridge}`);
  for (const line of readFileSync("/proc/self/mountinfo", "utf8").split("\n")) {
    if (line.includes(`${directory}/`)) left.push(`mount ${line}`);
  }
  for (const hierarchy of ["", ...readdirSync("/sys/fs/cgroup")]) {
    const group = join("/sys/fs/cgroup", hierarchy, `nanoclaw-engine-${number}`);
    if (existsSync(group)) left.push(`control group ${group}`);
  }
  if (existsSync(directory)) left.push(`directory ${directory}`);
  return left;
}

/**
 * Removes what engines left whose owner and keeper are both dead, and waits for keepers that are at work.
 *
 * @returns The directories that were removed.
 */
export async function sweepLeftovers(parentDirectory = defaultParentDirectory()): Promise<string[]> {
  const removed: string[] = [];
  for (const name of existsSync(parentDirectory) ? readdirSync(parentDirectory) : []) {
    const number = DIRECTORY_PATTERN.exec(name)?.[1];
    if (number === undefined) continue;
    const place = placeOf(Number(number), parentDirectory);
    if (runs(join(place.directory, "owner"))) continue;
    await waitUntilGone(() => runs(join(place.directory, "keeper")), KEEPER_DEADLINE_MS);
    if (!existsSync(place.directory)) continue;
    remove(place);
    removed.push(place.directory);
  }
  return removed;
}

function remove({ directory, number, network }: Place): void {
  // Its first process reads the same pipe as the keeper did and should be gone; it takes all others along.
  for (const { pid, command } of processesContaining(`engine-init.sh ${directory} `)) {
    if (command.startsWith("bash ")) process.kill(pid, "SIGKILL");
  }
  const result = spawnSync("sh", [scriptPath("remove-engine.sh"), directory, String(number), network], {
    encoding: "utf8",
  });
  if (existsSync(directory)) throw new Error(`${directory} cannot be removed: ${result.stderr}`);
}

function runs(path: string): boolean {
  try {
    const identity = parseIdentity(readFileSync(path, "utf8"));
    return identity !== undefined && isAlive(identity);
  } catch (error) {
    if (hasErrorCode(error, "ENOENT")) return false;
    throw error;
  }
}

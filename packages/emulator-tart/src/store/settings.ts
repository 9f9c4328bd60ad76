import { readFileSync } from "node:fs";
import { join } from "node:path";
import { hasErrorCode } from "../failures.js";

/** What an emulator can be told to get wrong. `"name:3"` does it three times, `"name"` for as long as it stands. */
export const faultNames = [
  /** `list` fails as when another process deletes a machine meanwhile. */
  "list-race",
  /** Whatever needs the login keychain fails as in a session without a window. */
  "keychain",
  /** Copies and downloads find the disk full. */
  "disk-full",
  /** A download loses its connection on the way. */
  "registry",
  /** A running machine's lock is lost: `list` says stopped. */
  "lock-lost",
  /** `run` says that there are too many machines while none runs. */
  "limit",
  /** A saved state cannot be restored. */
  "restore",
  /** `ip` prints nothing and exits with 0. */
  "ip-empty",
  /** A client that goes away early ends the control socket's loop for good. */
  "wedge",
] as const;

export type FaultName = (typeof faultNames)[number];

/** How an emulated installation behaves; `emulator.json` in its home, read by every command. */
export interface EmulatorSettings {
  /** The release that is imitated. Default `"2.40.1"`. */
  readonly version: string;
  /** The release of macOS of the host, which some options ask for. Default 26. */
  readonly hostMacOS: number;
  /** From the start of a machine until its system runs. Default 0. */
  readonly bootMs: number;
  /** From there until the guest agent answers. Default 0. */
  readonly agentMs: number;
  /** From there until the SSH server answers. Default 0. */
  readonly sshMs: number;
  /** How many macOS machines may run at once. Default 2. */
  readonly macosLimit: number;
  /** How long a copy of a machine takes at least. Default 0. */
  readonly cloneMs: number;
  /** How long a download takes at least. Default 0. */
  readonly pullMs: number;
  /** What a new machine's disk may fill before the cache is pruned for it. Default undefined: plenty. */
  readonly freeGiB?: number;
  /** `FaultName`, or `FaultName:N` for the first N times. Default none. */
  readonly faults: readonly string[];
  /** What `clone` does about a name that is taken. Default `"replace"`. */
  readonly clone: "replace" | "refuse";
  /** Whether `delete` calls a running machine missing, where the release is one that may. Default true. */
  readonly deleteCollision: boolean;
}

const defaults: EmulatorSettings = {
  version: "2.40.1",
  hostMacOS: 26,
  bootMs: 0,
  agentMs: 0,
  sshMs: 0,
  macosLimit: 2,
  cloneMs: 0,
  pullMs: 0,
  faults: [],
  clone: "replace",
  deleteCollision: true,
};

/** Throws where the file is damaged or names something unknown: a test with a typo must not pass. */
export function readSettings(homePath: string): EmulatorSettings {
  const path = join(homePath, "emulator.json");
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (hasErrorCode(error, "ENOENT") || hasErrorCode(error, "ENOTDIR")) return defaults;
    throw error;
  }
  return settingsOf(JSON.parse(text) as Partial<EmulatorSettings>);
}

export function settingsOf(given: Partial<EmulatorSettings>): EmulatorSettings {
  const unknown = Object.keys(given).filter((key) => key !== "freeGiB" && !(key in defaults));
  if (unknown.length > 0) throw new Error(`emulator.json: unknown settings ${unknown.join(", ")}`);
  for (const fault of given.faults ?? []) {
    const name = /^([a-z-]+?)(:\d+)?$/.exec(fault)?.[1];
    if (!faultNames.some((known) => known === name)) throw new Error(`emulator.json: unknown fault ${fault}`);
  }
  return { ...defaults, ...given };
}

/** Whether the imitated release is this one or a later one. */
export function isAtLeast(settings: EmulatorSettings, version: string): boolean {
  const own = settings.version.split(".").map(Number);
  const asked = version.split(".").map(Number);
  for (const index of [0, 1, 2]) {
    const difference = (own[index] ?? 0) - (asked[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { hasErrorCode } from "../failures.js";

/**
 * What an emulator can be told to get wrong. `"name:3"` does it three times, `"name"` for as long as it stands.
 * `hang-COMMAND` and `interrupt-COMMAND` (`hang-exec`, `hang-system-status`) are faults too: the command never ends, or
 * loses its connection to the service after it has asked.
 */
export const faultNames = [
  /** A list of networks takes longer than the second that it is given. */
  "network-list",
  /** The service dies: what runs goes on, and is called stopped (I#2286). */
  "service-crash",
  /** `delete --force` fails over a process that is gone (apple-container.md §11.1). */
  "delete",
  /** `copy` of what is not in the container never ends, and neither do other calls for it (I#1927). */
  "copy-missing",
  /** Whatever needs the login keychain fails as in a session without a window (I#577). */
  "keychain",
  /** A download loses its connection on the way. */
  "registry",
  /** The program finds itself translated by Rosetta. */
  "rosetta",
] as const;

export type FaultName = (typeof faultNames)[number] | `hang-${string}` | `interrupt-${string}`;

/** How an emulated installation behaves; `emulator.json` in its home, read by every command. */
export interface EmulatorSettings {
  /** The release that is imitated, 0.12.0 or later. Default `"1.2.2"`. */
  readonly version: string;
  /** The release that the service was started from. Default undefined: the same. */
  readonly serviceVersion?: string;
  /** The release of macOS of the host: before 26 there is one network alone. Default 26. */
  readonly hostMacOS: number;
  /** How long a virtual machine takes to boot, while every other start waits. Default 0. */
  readonly bootMs: number;
  /** How long `system start` takes. Default 0. */
  readonly serviceStartMs: number;
  /** How long a download takes at least. Default 0. */
  readonly pullMs: number;
  /** Whether a default kernel is installed. Default true. */
  readonly kernel: boolean;
  /** `FaultName`, or `FaultName:N` for the first N times. Default none. */
  readonly faults: readonly string[];
}

const defaults: EmulatorSettings = {
  version: "1.2.2",
  hostMacOS: 26,
  bootMs: 0,
  serviceStartMs: 0,
  pullMs: 0,
  kernel: true,
  faults: [],
};

/** Throws where the file is damaged or names something unknown: a test with a typo must not pass. */
export function readSettings(homePath: string): EmulatorSettings {
  let text: string;
  try {
    text = readFileSync(join(homePath, "emulator.json"), "utf8");
  } catch (error) {
    if (hasErrorCode(error, "ENOENT") || hasErrorCode(error, "ENOTDIR")) return defaults;
    throw error;
  }
  return settingsOf(JSON.parse(text) as Partial<EmulatorSettings>);
}

export function settingsOf(given: Partial<EmulatorSettings>): EmulatorSettings {
  const unknown = Object.keys(given).filter((key) => key !== "serviceVersion" && !(key in defaults));
  if (unknown.length > 0) throw new Error(`emulator.json: unknown settings ${unknown.join(", ")}`);
  for (const fault of given.faults ?? []) {
    const name = /^([a-z-]+?)(:\d+)?$/.exec(fault)?.[1] ?? "";
    const isKnown = faultNames.some((known) => known === name) || /^(hang|interrupt)-[a-z-]+$/.test(name);
    if (!isKnown) throw new Error(`emulator.json: unknown fault ${fault}`);
  }
  const settings = { ...defaults, ...given };
  for (const version of [settings.version, settings.serviceVersion ?? settings.version]) {
    if (!/^\d+\.\d+\.\d+$/.test(version) || !isAtLeast({ version }, "0.12.0")) {
      throw new Error(`emulator.json: no release ${version} is imitated`);
    }
  }
  return settings;
}

/** Whether the imitated release is this one or a later one. */
export function isAtLeast(settings: Pick<EmulatorSettings, "version">, version: string): boolean {
  const own = settings.version.split(".").map(Number);
  const asked = version.split(".").map(Number);
  for (const index of [0, 1, 2]) {
    const difference = (own[index] ?? 0) - (asked[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

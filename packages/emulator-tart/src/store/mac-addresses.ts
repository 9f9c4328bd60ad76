import { readdirSync } from "node:fs";
import { hasErrorCode } from "../failures.js";
import type { TartHome } from "./home.js";
import { newMacAddress, writeConfig } from "./vm-config.js";
import { localDirectory, type VmDirectory } from "./vm-directory.js";

/** Every local machine that `list` would show. */
export function localMachines(home: TartHome): VmDirectory[] {
  return readdirSync(home.vms)
    .sort()
    .map((name) => localDirectory(home, name))
    .filter((directory) => directory.isComplete);
}

/** Gives a machine that is about to become local an address that no local machine has. */
export function avoidCollision(home: TartHome, machine: VmDirectory): void {
  const config = machine.readConfig();
  const isTaken = localMachines(home).some((other) => addressOf(other) === config.macAddress);
  if (isTaken) writeConfig(machine.config, { ...config, macAddress: newMacAddress() });
}

/** Undefined for a machine that was deleted since it was listed. */
function addressOf(machine: VmDirectory): string | undefined {
  try {
    return machine.readConfig().macAddress;
  } catch (error) {
    if (hasErrorCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

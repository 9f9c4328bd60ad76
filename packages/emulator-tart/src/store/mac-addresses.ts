import { readdirSync } from "node:fs";
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
  const isTaken = localMachines(home).some((other) => other.readConfig().macAddress === config.macAddress);
  if (isTaken) writeConfig(machine.config, { ...config, macAddress: newMacAddress() });
}

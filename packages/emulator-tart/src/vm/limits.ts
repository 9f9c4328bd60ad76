import { existsSync, rmSync } from "node:fs";
import { RuntimeFailure } from "../failures.js";
import { faultStrikes } from "../store/faults.js";
import type { TartHome } from "../store/home.js";
import { readSockets } from "../store/locks.js";
import { localMachines } from "../store/mac-addresses.js";
import { isAtLeast } from "../store/settings.js";
import { newMacAddress, writeConfig } from "../store/vm-config.js";
import { runnerOf, type VmDirectory } from "../store/vm-directory.js";

function othersThatRun(home: TartHome, machine: VmDirectory): VmDirectory[] {
  const sockets = readSockets();
  return localMachines(home).filter(
    (other) => other.path !== machine.path && runnerOf(home, other, sockets) !== undefined,
  );
}

/** The system lets few guests of macOS run at once. */
export function requirePlace(home: TartHome, machine: VmDirectory): void {
  const strikes = faultStrikes(home, "limit");
  if (machine.readConfig().os !== "darwin" && !strikes) return;
  const others = othersThatRun(home, machine).filter((other) => other.readConfig().os === "darwin");
  if (others.length < home.settings.macosLimit && !strikes) return;
  if (!isAtLeast(home.settings, "2.18.1")) {
    throw new RuntimeFailure(
      'Error Domain=VZErrorDomain Code=6 "The maximum supported number of active virtual machines has been reached." UserInfo={}',
    );
  }
  const names = others.map(({ name }) => name).join(", ");
  throw new RuntimeFailure(
    `The number of VMs exceeds the system limit${names === "" ? "" : ` (other running VMs: ${names})`}`,
  );
}

/** A machine with the address of one that runs gets another, and with it loses what it had in memory. */
export function avoidRunningAddress(home: TartHome, machine: VmDirectory): void {
  const config = machine.readConfig();
  const isTaken = othersThatRun(home, machine).some(
    (other) => other.readConfig().macAddress === config.macAddress,
  );
  if (!isTaken) return;
  process.stdout.write("There is already a running VM with the same MAC address!\n");
  process.stdout.write("Resetting VM to assign a new MAC address...\n");
  writeConfig(machine.config, { ...config, macAddress: newMacAddress() });
  if (existsSync(machine.savedState)) rmSync(machine.savedState);
}

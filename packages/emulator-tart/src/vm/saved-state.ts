import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import type { Share } from "@nanoclaw/emulator-base";
import { RuntimeFailure } from "../failures.js";
import { faultStrikes } from "../store/faults.js";
import type { TartHome } from "../store/home.js";
import type { VmDirectory } from "../store/vm-directory.js";

/** The devices that a state was saved with; it fits no others. */
function devicesOf(machine: VmDirectory, shares: readonly Share[]): unknown {
  const { macAddress, cpuCount, memorySize, ecid } = machine.readConfig();
  return JSON.parse(JSON.stringify({ macAddress, cpuCount, memorySize, ecid, shares }));
}

export function saveState(machine: VmDirectory, shares: readonly Share[]): void {
  writeFileSync(machine.savedState, JSON.stringify(devicesOf(machine, shares)), { mode: 0o600 });
}

/** Uses the saved state up, where there is one. A state that does not fit stays, and fails the next time too. */
export function restoreState(home: TartHome, machine: VmDirectory, shares: readonly Share[]): void {
  if (!existsSync(machine.savedState)) return;
  process.stdout.write("restoring VM state from a snapshot...\n");
  const saved: unknown = JSON.parse(readFileSync(machine.savedState, "utf8"));
  if (faultStrikes(home, "restore") || !isDeepStrictEqual(saved, devicesOf(machine, shares))) {
    throw new RuntimeFailure(
      'Error Domain=VZErrorDomain Code=12 "Failed to restore the virtual machine." ' +
        "UserInfo={NSLocalizedFailure=Failed to restore the virtual machine., NSLocalizedFailureReason=invalid argument}",
    );
  }
  rmSync(machine.savedState);
  process.stdout.write("resuming VM...\n");
}

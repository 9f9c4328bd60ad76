import { RuntimeFailure } from "../failures.js";
import type { TartHome } from "../store/home.js";
import { isAtLeast } from "../store/settings.js";
import type { VmDirectory, VmState } from "../store/vm-directory.js";

/** The size of a machine's disk in GB; null where a running machine keeps it to itself. Throws where that is fatal. */
export function diskGigabytes(home: TartHome, machine: VmDirectory, state: VmState): number | null {
  if (state === "running" && machine.readConfig().diskFormat === "asif") {
    if (isAtLeast(home.settings, "2.39.0")) return null;
    throw new RuntimeFailure(
      `failed to read disk image info of ${machine.disk}: Resource temporarily unavailable`,
    );
  }
  return Math.trunc(machine.diskSize / 1e9);
}

/** Text is for people since 2.36: `50 GB` where it was `50`. */
export function sizeText(home: TartHome, gigabytes: number | string | null): string {
  if (gigabytes === null) return "-";
  return isAtLeast(home.settings, "2.36.0") ? `${gigabytes} GB` : String(gigabytes);
}

import { closeSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { hasErrorCode } from "../failures.js";
import type { EmulatorSettings, FaultName } from "./settings.js";

/** Whether this fault strikes now. One that is limited to a number of times has been used up once by this call. */
export function faultStrikes(homePath: string, settings: EmulatorSettings, name: FaultName): boolean {
  for (const fault of settings.faults) {
    const [wanted, limit] = fault.split(":");
    if (wanted !== name) continue;
    if (limit === undefined || claim(homePath, name, Number(limit))) return true;
  }
  return false;
}

/** Commands run at once, so each time is a file that only one of them can make. */
function claim(homePath: string, name: string, limit: number): boolean {
  const directory = join(homePath, "emulator-faults");
  mkdirSync(directory, { recursive: true });
  for (let time = 1; time <= limit; time++) {
    try {
      closeSync(openSync(join(directory, `${name}.${time}`), "wx"));
      return true;
    } catch (error) {
      if (!hasErrorCode(error, "EEXIST")) throw error;
    }
  }
  return false;
}

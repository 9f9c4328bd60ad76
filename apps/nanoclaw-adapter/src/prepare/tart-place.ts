import { statSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** Tart's directory: as it is said, or `TART_HOME`, or `~/.tart`. */
export function tartHome(home?: string): string {
  return resolve(home ?? (process.env.TART_HOME || join(homedir(), ".tart")));
}

/**
 * Another one when a local machine is another, or its disk was written to. A digest of so many gigabytes would take
 * minutes. It stays when the machine gets another name.
 */
export function identityOfMachine(home: string, name: string): string {
  const { ino, size, mtimeMs } = statSync(join(home, "vms", name, "disk.img"));
  return `disk ${ino} ${size} ${Math.floor(mtimeMs)}`;
}

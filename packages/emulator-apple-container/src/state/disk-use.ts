import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";

/** The bytes that a directory takes on the disk; 0 for one that is not there. */
export async function diskUse(directory: string): Promise<number> {
  if (!existsSync(directory)) return 0;
  // A file that goes meanwhile is told on stderr alone.
  const { stdout } = await promisify(execFile)("du", ["-s", "-B1", "-x", "--", directory]).catch(
    (error: { readonly stdout?: string }) => ({ stdout: error.stdout ?? "" }),
  );
  return Number(/^\d+/.exec(stdout)?.[0] ?? 0);
}

/** As tables and messages have it: `12.5 MB`. */
export function sizeText(bytes: number): string {
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

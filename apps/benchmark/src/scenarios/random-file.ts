import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";

/** The path of a file of this size, made at the first call for a directory. Random, so that nothing can compress it. */
export async function randomFile(directory: string, mebibytes: number): Promise<string> {
  const path = join(directory, `random-${mebibytes}-MiB`);
  if (existsSync(path)) return path;
  await using file = await open(path, "w");
  for (let count = 0; count < mebibytes; count++) await file.write(randomBytes(1024 * 1024));
  return path;
}

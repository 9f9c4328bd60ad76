import { randomBytes } from "node:crypto";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { madeOnce } from "./made-once.js";

/** The path of a file of this size. Random, so that nothing can compress it. */
export function randomFile(directory: string, mebibytes: number): Promise<string> {
  const path = join(directory, `random-${mebibytes}-MiB`);
  return madeOnce(path, async () => {
    await using file = await open(path, "w");
    for (let count = 0; count < mebibytes; count++) await file.write(randomBytes(1024 * 1024));
  });
}

import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stateDirectory } from "./owner.js";

/** Sandboxes that were made for their owner and then kept: an engine's own record of them cannot be changed. */
function directory(): string {
  return join(stateDirectory(), "kept");
}

export async function rememberKept(id: string, expiresAt: number): Promise<void> {
  await mkdir(directory(), { recursive: true, mode: 0o700 });
  const file = join(directory(), id);
  await writeFile(`${file}.new`, JSON.stringify({ expiresAt }));
  await rename(`${file}.new`, file);
}

export async function forgetKept(id: string): Promise<void> {
  await rm(join(directory(), id), { force: true });
}

/** Milliseconds since the epoch at which each kept sandbox ends, by id. */
export async function keptUntil(): Promise<Map<string, number>> {
  const until = new Map<string, number>();
  const names = await readdir(directory()).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  for (const name of names) {
    if (name.endsWith(".new")) continue;
    const text = await readFile(join(directory(), name), "utf8").catch((error: NodeJS.ErrnoException) => {
      // Forgotten in the meantime.
      if (error.code === "ENOENT") return undefined;
      throw error;
    });
    if (text) until.set(name, (JSON.parse(text) as { expiresAt: number }).expiresAt);
  }
  return until;
}

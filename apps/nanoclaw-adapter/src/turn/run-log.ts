import { randomBytes } from "node:crypto";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Installation } from "../installation.js";

const mostLogs = 50;

/** Where a group's runs are told of: not in its own directory, where its agent could read and write them. */
function logDirectory({ stateDirectory }: Installation, folder: string): string {
  return join(stateDirectory, "logs", folder);
}

/** Without prompt, answer and secrets. The last of each group are kept. */
export async function writeRunLog(
  installation: Installation,
  folder: string,
  entry: Readonly<Record<string, unknown>>,
): Promise<string> {
  const directory = logDirectory(installation, folder);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const time = new Date().toISOString().replace(/[:.]/g, "-");
  const path = join(directory, `run-${time}-${randomBytes(4).toString("hex")}.json`);
  await writeFile(path, `${JSON.stringify(entry, null, 2)}\n`, { mode: 0o600, flag: "wx" });
  const names = (await readdir(directory)).filter((name) => name.startsWith("run-")).sort();
  for (const name of names.slice(0, -mostLogs)) await rm(join(directory, name), { force: true });
  return path;
}

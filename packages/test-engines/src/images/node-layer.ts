import { realpathSync, statSync } from "node:fs";
import { copyProgram } from "./program-layer.js";

/** What tells one Node.js layer from another. */
export function nodeRecipe(): string {
  const { size, mtimeMs } = statSync(nodePath());
  return JSON.stringify([process.version, process.arch, size, mtimeMs]);
}

/** The Node.js that runs this, and those of its libraries that Debian's base does not have. */
export async function buildNode(directory: string, debian: () => Promise<string>): Promise<void> {
  await copyProgram(nodePath(), { directory, path: "usr/local/bin/node", base: await debian() });
}

function nodePath(): string {
  return realpathSync(process.execPath);
}

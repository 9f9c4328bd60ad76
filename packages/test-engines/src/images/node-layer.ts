import { chmodSync, copyFileSync, existsSync, mkdirSync, realpathSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { runProgram } from "./run-program.js";

/** What tells one Node.js layer from another. */
export function nodeRecipe(): string {
  const { size, mtimeMs } = statSync(nodePath());
  return JSON.stringify([process.version, process.arch, size, mtimeMs]);
}

/** The Node.js that runs this, and those of its libraries that Debian's base does not have. */
export async function buildNode(directory: string, debian: () => Promise<string>): Promise<void> {
  const base = await debian();
  const target = join(directory, "usr/local/bin/node");
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(nodePath(), target);
  chmodSync(target, 0o755);
  for (const library of sharedLibraries(await runProgram("ldd", [nodePath()]))) {
    if (existsSync(join(base, library))) continue;
    // Where the linker looks without a cache; /lib is a link that a directory in a layer would replace.
    const copy = join(directory, library.replace(/^\/lib/, "/usr/lib"));
    mkdirSync(dirname(copy), { recursive: true });
    copyFileSync(realpathSync(library), copy);
  }
}

/** The files in the output of `ldd`: `libm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x00007f…)`. */
function sharedLibraries(ldd: string): string[] {
  return [...ldd.matchAll(/=> (\/\S+) \(0x/g)].map(([, path]) => path ?? "");
}

function nodePath(): string {
  return realpathSync(process.execPath);
}

import { chmodSync, copyFileSync, existsSync, mkdirSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { runProgram } from "./run-program.js";

/** A program of this host at a path of a layer, and those of its libraries that Debian's base does not have. */
export async function copyProgram(
  program: string,
  { directory, path, base }: { readonly directory: string; readonly path: string; readonly base: string },
): Promise<void> {
  const target = join(directory, path);
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(program, target);
  chmodSync(target, 0o755);
  for (const library of sharedLibraries(await runProgram("ldd", [program]))) {
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

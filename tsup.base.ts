import { readFileSync } from "node:fs";
import type { Options } from "tsup";

/** The build of a library: ESM and CommonJS with types for both. */
export function library(entry: Record<string, string>): Options {
  return {
    entry,
    format: ["esm", "cjs"],
    // Node 20 has no `await using`; esbuild writes it out for this target.
    target: "node20.19",
    platform: "node",
    // One copy of each module, also for CommonJS: two entries share their classes, and what is imported lazily stays apart.
    splitting: true,
    // Rollup writes the CommonJS chunks; the other way that tsup has breaks classes with fields.
    treeshake: true,
    shims: true,
    // tsup leaves out what a package depends on, but for what it depends on optionally.
    external: optionalDependencies(),
    dts: { entry },
    sourcemap: true,
    clean: true,
  };
}

/** The build of a program with a shebang line: ESM alone, no types. */
export function program(entry: Record<string, string>): Options {
  return { ...library(entry), format: ["esm"], dts: false, shims: false };
}

/** Those of the package that is being built; tsup runs in its directory. */
function optionalDependencies(): RegExp[] {
  const manifest = JSON.parse(readFileSync("package.json", "utf8"));
  return Object.keys(manifest.optionalDependencies ?? {}).map((name) => new RegExp(`^${name}(/|$)`));
}

import { readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import { run, say } from "./run.mjs";

const core = "@nanoclaw/sandbox";
const importLimitMs = 50;
const samples = 11;

/** No runtime dependency, and imported in a moment. */
export async function checkCore(project) {
  const directory = join(project, "node_modules", core);
  const manifest = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
  for (const kind of ["dependencies", "peerDependencies", "optionalDependencies"]) {
    if (Object.keys(manifest[kind] ?? {}).length > 0) throw new Error(`${core} has ${kind}.`);
  }
  refuseForeignImports(join(directory, "dist"));
  say(`   ${core} depends on nothing`);
  for (const [type, load] of [
    ["module", `await import("${core}")`],
    ["commonjs", `require("${core}")`],
  ]) {
    const median = await importTime(project, type, load);
    say(`   ${load}: ${median.toFixed(1)} ms (median of ${samples}, limit ${importLimitMs})`);
    if (median >= importLimitMs) throw new Error(`${core} takes too long to import.`);
  }
}

/** What the bundler left outside must be part of Node. */
function refuseForeignImports(dist) {
  const pattern = /\b(?:from|import|require)\s*\(?\s*["']([^"'\s]+)["']/g;
  for (const file of readdirSync(dist).filter((name) => /\.c?js$/.test(name))) {
    for (const [, specifier] of readFileSync(join(dist, file), "utf8").matchAll(pattern)) {
      if (specifier.startsWith("./") || isBuiltin(specifier)) continue;
      throw new Error(`${core}: dist/${file} imports "${specifier}".`);
    }
  }
}

async function importTime(cwd, type, load) {
  const program = `const started = performance.now(); ${load}; console.log(performance.now() - started);`;
  const times = [];
  for (let sample = 0; sample < samples; sample += 1) {
    times.push(Number(await run(["node", `--input-type=${type}`, "-e", program], { cwd })));
  }
  return times.sort((a, b) => a - b)[Math.floor(samples / 2)];
}

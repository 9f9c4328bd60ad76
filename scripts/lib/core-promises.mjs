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
    const { wallMs, cpuMs } = await importCost(project, type, load);
    say(
      `   ${load}: ${wallMs} ms, of them ${cpuMs} ms of computing (medians of ${samples}, limit ${importLimitMs})`,
    );
    // Decided by the time that it computes: what passes on the clock is also that of whatever else runs here.
    if (cpuMs >= importLimitMs) throw new Error(`${core} takes too long to import.`);
  }
}

/** What the bundler left outside must be part of Node. */
function refuseForeignImports(dist) {
  const pattern = /\b(?:from|import|require)\s*\(?\s*["']([@\w./:-]+)["']/g;
  for (const file of readdirSync(dist).filter((name) => /\.c?js$/.test(name))) {
    for (const [, specifier] of readFileSync(join(dist, file), "utf8").matchAll(pattern)) {
      if (specifier.startsWith("./") || isBuiltin(specifier)) continue;
      throw new Error(`${core}: dist/${file} imports "${specifier}".`);
    }
  }
}

async function importCost(cwd, type, load) {
  const program = `const cpu = process.cpuUsage(), started = performance.now(); ${load};
const wallMs = performance.now() - started, { user, system } = process.cpuUsage(cpu);
console.log(JSON.stringify({ wallMs, cpuMs: (user + system) / 1000 }));`;
  const costs = [];
  for (let sample = 0; sample < samples; sample += 1) {
    costs.push(JSON.parse(await run(["node", `--input-type=${type}`, "-e", program], { cwd })));
  }
  return {
    wallMs: median(costs.map(({ wallMs }) => wallMs)),
    cpuMs: median(costs.map(({ cpuMs }) => cpuMs)),
  };
}

function median(values) {
  const middle = values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
  return Math.round(middle * 10) / 10;
}

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { entriesOf } from "./publishable.mjs";
import { root, run, say } from "./run.mjs";

/** Makes an npm project in `directory` whose dependencies are the tarballs and what a TypeScript user has. */
export async function installIntoEmptyProject(directory, packages) {
  const { devDependencies } = await catalogVersions();
  mkdirSync(directory);
  const dependencies = Object.fromEntries(packages.map(({ name, tarball }) => [name, `file:${tarball}`]));
  const manifest = { name: "empty", private: true, dependencies, devDependencies };
  writeFileSync(join(directory, "package.json"), JSON.stringify(manifest));
  await run(["npm", "install", "--no-audit", "--no-fund"], { cwd: directory });
}

/** The versions of this workspace, so that the empty project finds most of it in npm's cache. */
async function catalogVersions() {
  const [{ devDependencies }] = JSON.parse(
    await run(["pnpm", "list", "--depth", "0", "--json"], { cwd: root }),
  );
  const version = (name) => [name, devDependencies[name].version];
  return { devDependencies: Object.fromEntries(["@types/node", "typescript", "vitest"].map(version)) };
}

/** Imports each entry as ES module and as CommonJS, compiles programs that import them, and starts each program. */
export async function tryEverything(directory, packages) {
  const entries = packages.flatMap(entriesOf);
  const required = entries.filter((entry) => entry.require);
  for (const { specifier } of entries) {
    await run(["node", "--input-type=module", "-e", show("await import", specifier)], { cwd: directory });
    say(`   import ${specifier}`);
  }
  for (const { specifier } of required) {
    await run(["node", "--input-type=commonjs", "-e", show("require", specifier)], { cwd: directory });
    say(`   require ${specifier}`);
  }
  await compile(directory, entries, required);
  say("   compiled for both module systems, declarations included");
  for (const { manifest } of packages) {
    for (const program of Object.keys(manifest.bin ?? {})) {
      await run([join(directory, "node_modules/.bin", program), "--help"], { cwd: directory });
      say(`   ${program} --help`);
    }
  }
}

function show(load, specifier) {
  return `if (Object.keys(${load}(${JSON.stringify(specifier)})).length === 0) throw new Error("It exports nothing.");`;
}

async function compile(directory, entries, required) {
  const program = (list) =>
    `${list.map(({ specifier }, index) => `import * as m${index} from "${specifier}";`).join("\n")}
export const all: object[] = [${list.map((_, index) => `m${index}`).join(", ")}];\n`;
  writeFileSync(join(directory, "program.mts"), program(entries));
  writeFileSync(join(directory, "program.cts"), program(required));
  const compilerOptions = {
    module: "NodeNext",
    target: "ES2022",
    lib: ["ES2023", "ESNext.Disposable"],
    strict: true,
    noEmit: true,
    // Declarations that need types which the package does not bring show here and nowhere else.
    skipLibCheck: false,
    types: ["node"],
  };
  const config = { compilerOptions, files: ["program.mts", "program.cts"] };
  writeFileSync(join(directory, "tsconfig.json"), JSON.stringify(config));
  await run(["node_modules/.bin/tsc"], { cwd: directory });
}

// Looks at every package as its users will get it: packed, linted, installed into an empty project, imported, compiled.
import "./lib/node-version.mjs";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkCore } from "./lib/core-promises.mjs";
import { installIntoEmptyProject, tryEverything } from "./lib/empty-project.mjs";
import { entriesOf, publishablePackages } from "./lib/publishable.mjs";
import { run, say, step } from "./lib/run.mjs";

const work = mkdtempSync(join(tmpdir(), "nanoclaw-packages-"));
try {
  await step("Build", () => run(["pnpm", "build"]));
  const packages = await publishablePackages();
  await step("Pack", async () => {
    for (const found of packages) {
      const pack = ["pnpm", "pack", "--json", "--pack-destination", work];
      found.tarball = JSON.parse(await run(pack, { cwd: found.directory })).filename;
    }
  });
  await step("publint and are-the-types-wrong", async () => {
    for (const found of packages) {
      await run(["pnpm", "exec", "publint", "run", "--strict", found.tarball]);
      if (entriesOf(found).length > 0) await run(typesCheck(found));
      say(`   ${found.name}`);
    }
  });
  const project = join(work, "project");
  await step("Install into an empty project", () => installIntoEmptyProject(project, packages));
  await step("Import and compile every entry, start every program", () => tryEverything(project, packages));
  await step("What the core promises", () => checkCore(project, packages));
} finally {
  rmSync(work, { recursive: true, force: true, maxRetries: 5 });
}

function typesCheck(found) {
  const entries = entriesOf(found);
  const onlyEsm = entries.filter((entry) => !entry.require);
  const allEsm = onlyEsm.length === entries.length;
  const excluded = allEsm ? [] : onlyEsm.map((entry) => entry.specifier.slice(found.name.length + 1));
  const profile = allEsm ? "esm-only" : "node16";
  return [
    ...["pnpm", "exec", "attw", found.tarball, "--profile", profile, "--format", "ascii", "--no-emoji"],
    ...(excluded.length > 0 ? ["--exclude-entrypoints", ...excluded] : []),
  ];
}

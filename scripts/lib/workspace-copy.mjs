import { cp, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { publishablePackages } from "./publishable.mjs";
import { root, run } from "./run.mjs";

/** Copies this workspace, built and as it is on disk, into `directory`: a repository of its own, ready to release. */
export async function copyWorkspace(directory) {
  await cp(root, directory, {
    recursive: true,
    filter: (source) => ![".git", "node_modules", ".turbo"].includes(basename(source)),
  });
  const store = (await run(["pnpm", "store", "path"])).trim();
  const install = ["pnpm", "install", "--frozen-lockfile", "--prefer-offline", "--store-dir", store];
  await run(install, { cwd: directory });
  for (const found of await publishablePackages({ cwd: directory })) {
    // Provenance is signed by the machine that really releases, and only there.
    delete found.manifest.publishConfig.provenance;
    await writeFile(join(found.directory, "package.json"), `${JSON.stringify(found.manifest, null, 2)}\n`);
  }
  await run(["git", "init", "--quiet", "--initial-branch=main"], { cwd: directory });
  await commit(directory, "As it is");
}

export async function commit(directory, message) {
  const identity = [
    "-c",
    "user.name=Rehearsal",
    "-c",
    "user.email=rehearsal@localhost",
    "-c",
    "commit.gpgsign=false",
  ];
  await run(["git", "add", "--all"], { cwd: directory });
  await run(["git", ...identity, "commit", "--quiet", "--message", message], { cwd: directory });
}

/** The version of each package that is published, by name. */
export async function versionsIn(directory) {
  const packages = await publishablePackages({ cwd: directory });
  return new Map(packages.map(({ name, manifest }) => [name, manifest.version]));
}

/** The ignore file keeps what was built out of the commits, so that they show what a release changes. */
export async function changedSince(directory, revision) {
  return (await run(["git", "diff", "--name-only", revision], { cwd: directory }))
    .split("\n")
    .filter(Boolean);
}

/** Writes a changeset that asks for a patch of one package. */
export async function addPatch(directory, name) {
  await writeFile(
    join(directory, ".changeset/rehearsal.md"),
    `---\n"${name}": patch\n---\n\nA rehearsed patch.\n`,
  );
}

// Releases everything to a registry on loopback, uses one adapter from there as a stranger would, then patches that one
// adapter and sees that nothing else moved. It works on a copy; the repository and the real registry are not touched.
import "./lib/node-version.mjs";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPrivateDocker } from "./lib/engines.mjs";
import { publishablePackages } from "./lib/publishable.mjs";
import { startRegistry } from "./lib/registry.mjs";
import { root, run, say, step } from "./lib/run.mjs";
import { addPatch, changedSince, commit, copyWorkspace, versionsIn } from "./lib/workspace-copy.mjs";

const adapter = "@nanoclaw/sandbox-docker";
const work = mkdtempSync(join(tmpdir(), "nanoclaw-release-"));
let registry;
let engine;
try {
  await rehearse();
} catch (error) {
  say(`\nThe rehearsal failed. ${error.stack}`);
  process.exitCode = 1;
} finally {
  await registry?.close();
  rmSync(work, { recursive: true, force: true, maxRetries: 5 });
  await engine?.stop();
}

async function rehearse() {
  const copy = join(work, "workspace");
  const project = join(work, "project");
  await step("Build", () => run(["pnpm", "build"]));
  await step("Copy the workspace", () => copyWorkspace(copy));
  const names = (await publishablePackages({ cwd: copy })).map(({ name }) => name);
  registry = await startRegistry({ storage: join(work, "registry"), ours: names });
  const env = clientEnvironment();

  await step("Release everything", () => release(copy, env));
  const first = await versionsIn(copy);
  for (const [name, version] of first) {
    await expectVersions(name, [version]);
    say(`   ${name} ${version}`);
  }

  await step(`npm install ${adapter} in an empty project`, () => installAdapter(project, env));
  await step("A program with it", async () => {
    engine = await startPrivateDocker(say);
    await useAdapter(project);
  });

  await step(`Release a patch of ${adapter} alone`, async () => {
    await addPatch(copy, adapter);
    await release(copy, env);
  });
  for (const [name, version] of await versionsIn(copy)) {
    const before = first.get(name);
    if ((name === adapter) === (version === before))
      throw new Error(`${name} went from ${before} to ${version}.`);
    await expectVersions(name, name === adapter ? [before, version] : [before]);
    say(`   ${name} ${version}${name === adapter ? ` (was ${before})` : ", as before"}`);
  }
  await step("The program with the patch", async () => {
    await run(["npm", "update", adapter, "--no-audit", "--no-fund"], { cwd: project, env });
    await useAdapter(project);
  });
}

/** npm, pnpm and changesets see the registry on loopback and a token that is worth nothing elsewhere. */
function clientEnvironment() {
  const userconfig = join(work, "npmrc");
  writeFileSync(userconfig, `registry=${registry.url}\n//${registry.host}/:_authToken=rehearsal\n`);
  return {
    npm_config_registry: registry.url,
    npm_config_userconfig: userconfig,
    npm_config_cache: join(work, "npm-cache"),
    NPM_TOKEN: undefined,
    NODE_AUTH_TOKEN: undefined,
    CI: "true",
  };
}

/** What the release workflow does: versions from the changesets, then publish what is not published yet. */
async function release(copy, env) {
  await run(["pnpm", "exec", "changeset", "version"], { cwd: copy, env });
  say((await changedSince(copy, "HEAD")).map((file) => `   changed: ${file}`).join("\n"));
  await commit(copy, "Versions");
  await run(["pnpm", "exec", "changeset", "publish"], { cwd: copy, env });
}

async function expectVersions(name, expected) {
  const found = await registry.versions(name);
  if (found.join() !== expected.join()) {
    throw new Error(
      `The registry has ${name} ${found.join(", ") || "not at all"} instead of ${expected.join(", ")}.`,
    );
  }
}

async function installAdapter(project, env) {
  mkdirSync(project);
  await run(["npm", "init", "--yes"], { cwd: project, env });
  await run(["npm", "install", adapter, "--no-audit", "--no-fund"], { cwd: project, env });
  const ours = readdirSync(join(project, "node_modules/@nanoclaw")).sort().join(", ");
  say(`   brought of ours: ${ours}`);
  if (ours !== "sandbox, sandbox-docker") throw new Error("It should bring itself and the core.");
}

async function useAdapter(project) {
  cpSync(join(root, "scripts/rehearsal-program.mjs"), join(project, "program.mjs"));
  const env = engine && { DOCKER_HOST: engine.dockerHost, REHEARSAL_IMAGE: engine.image };
  await run(["node", "program.mjs"], { cwd: project, env, show: true });
}

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { environment, root, run } from "./run.mjs";

/**
 * Puts the pnpm that package.json names on the PATH of everything started from here on, with nothing but npm.
 * Whatever pnpm or corepack the machine has is left alone: neither is sure to be this version.
 */
async function providePnpm() {
  const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  // `--yes`, because there may be no terminal to answer on, and because .npmrc may say yes=false.
  const printPath = ["node", "-p", "process.env.PATH"];
  environment.PATH = (await run(["npx", "--yes", `--package=${packageManager}`, "--", ...printPath])).trim();
}

/** Installs the workspace exactly as the lockfile says. */
export async function installWorkspace() {
  await providePnpm();
  await run(["pnpm", "install", "--frozen-lockfile"], { show: true, env: { CI: "true" } });
}

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./run.mjs";

/**
 * The packages of the workspace in `cwd` that are published.
 *
 * @returns {Promise<{ name: string, directory: string, manifest: Record<string, any> }[]>}
 */
export async function publishablePackages({ cwd } = {}) {
  const listed = JSON.parse(await run(["pnpm", "list", "--recursive", "--depth", "-1", "--json"], { cwd }));
  return listed
    .filter((found) => !found.private)
    .map(({ name, path }) => ({
      name,
      directory: path,
      manifest: JSON.parse(readFileSync(join(path, "package.json"), "utf8")),
    }));
}

/**
 * The entries that a program can import, e.g. "@nanoclaw/sandbox/adapter", with the module systems each serves. Entries of
 * types alone are nothing that runs.
 */
export function entriesOf({ name, manifest }) {
  return Object.entries(manifest.exports)
    .filter(([subpath]) => !subpath.endsWith(".json"))
    .filter(([, conditions]) => Object.keys(conditions).some((condition) => condition !== "types"))
    .map(([subpath, conditions]) => ({
      specifier: name + subpath.slice(1),
      require: "require" in conditions,
    }));
}

import {
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  realpath,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import type { CheckContext } from "./check.js";

/** A directory of the host for one check. */
export async function hostDirectory(context: CheckContext): Promise<string> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), "conformance-")));
  context.defer(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** What a tree of files has to be to be the same: a line for each entry, with mode and content. */
export async function describeTree(root: string): Promise<string[]> {
  const lines: string[] = [];
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = JSON.stringify(relative(root, path));
    if (entry.isSymbolicLink()) lines.push(`${name} -> ${await readlink(path)}`);
    else {
      const mode = ((await lstat(path)).mode & 0o777).toString(8);
      const content = entry.isFile()
        ? (await readFile(path)).toString("base64").slice(0, 4_000)
        : "directory";
      lines.push(`${name} ${mode} ${content}`);
    }
  }
  return lines.sort();
}

/** A tree with everything that transfers lose: names, depths, modes, links and emptiness. */
export async function makeTree(root: string, names: readonly string[]): Promise<void> {
  await mkdir(join(root, "empty"), { recursive: true });
  await mkdir(join(root, "odd"));
  for (const [index, name] of names.entries()) await writeFile(join(root, "odd", name), `${index}`);
  await mkdir(join(root, "closed"), { mode: 0o700 });
  await writeFile(join(root, "closed", "program"), "#!/bin/sh\necho ran\n", { mode: 0o755 });
  await writeFile(join(root, "closed", "secret"), "s", { mode: 0o600 });
  await writeFile(join(root, "nothing"), "");
  await writeFile(
    join(root, "binary"),
    Buffer.from(Array.from({ length: 70_000 }, (_, at) => (at * 7) % 256)),
  );
  await symlink("binary", join(root, "link"));
  await symlink("no/such/place", join(root, "broken"));
  await symlink("empty", join(root, "link-to-directory"));
  // Tar needs its extensions for paths over 100 and over 256 bytes, and for links to such.
  let deep = root;
  for (let level = 0; level < 6; level++) deep = join(deep, `level-${level}-${"d".repeat(50)}`);
  await mkdir(deep, { recursive: true });
  await writeFile(join(deep, "deep file"), "deep");
  await symlink(`${"t".repeat(150)}/target`, join(deep, "long link"));
}

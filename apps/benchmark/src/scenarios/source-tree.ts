import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { seededRandom } from "../random.js";
import { madeOnce } from "./made-once.js";

const run = promisify(execFile);

export const FILES = 200;
/** In every tenth file. */
export const NEEDLE = "sandbox-bench-needle";
export const FILES_WITH_NEEDLE = FILES / 10;

/** The path of a tar archive of a made-up source tree, `tree/`, the same in every run. */
export function sourceTreeArchive(directory: string): Promise<string> {
  const archive = join(directory, "tree.tar");
  return madeOnce(archive, async () => {
    await makeSourceTree(join(directory, "tree"));
    await run("tar", ["-cf", archive, "-C", directory, "tree"]);
  });
}

/** The path of a tar archive of `tree.git`, a bare repository with that tree as its one commit. */
export function bareRepositoryArchive(directory: string): Promise<string> {
  const archive = join(directory, "tree.git.tar");
  return madeOnce(archive, () => makeRepositoryArchive(directory, archive));
}

async function makeRepositoryArchive(directory: string, archive: string): Promise<void> {
  const tree = join(directory, "repository");
  await makeSourceTree(tree);
  const git = (...args: string[]) => run("git", ["-C", tree, ...args], { env: gitEnvironment(directory) });
  await git("init", "--quiet");
  await git("add", ".");
  await git("commit", "--quiet", "--message", "A made-up source tree");
  await git("clone", "--quiet", "--bare", ".", join(directory, "tree.git"));
  await run("tar", ["-cf", archive, "-C", directory, "tree.git"]);
}

/** Nothing of the user's own configuration, such as a signing key or hooks. */
function gitEnvironment(directory: string): NodeJS.ProcessEnv {
  const person = { NAME: "Benchmark", EMAIL: "benchmark@example.com" };
  return {
    PATH: process.env.PATH,
    HOME: directory,
    GIT_CONFIG_NOSYSTEM: "1",
    ...Object.fromEntries(
      Object.entries(person).flatMap(([key, value]) => [
        [`GIT_AUTHOR_${key}`, value],
        [`GIT_COMMITTER_${key}`, value],
      ]),
    ),
  };
}

async function makeSourceTree(root: string): Promise<void> {
  const random = seededRandom(1);
  for (let index = 0; index < FILES; index++) {
    const directory = join(root, `part-${index % 20}`);
    await mkdir(directory, { recursive: true });
    const lines = Array.from(
      { length: 100 },
      () => `const value${Math.floor(random() * 1e9)} = ${random()};`,
    );
    if (index % 10 === 0) lines.push(`// ${NEEDLE}`);
    await writeFile(join(directory, `file-${index}.js`), `${lines.join("\n")}\n`);
  }
}

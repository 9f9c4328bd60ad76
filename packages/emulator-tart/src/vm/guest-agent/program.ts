import { accessSync, constants, statSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";

/** The path of a program, or the words in which the agent says why it cannot be started. */
export function findProgram(name: string, workdir: string): { path: string } | { failure: string } {
  const directory = workdir === "" ? process.cwd() : workdir;
  if (!isDirectory(directory)) return { failure: `chdir ${directory}: no such file or directory` };
  if (name.includes("/")) {
    const path = isAbsolute(name) ? name : resolve(directory, name);
    const problem = whyNotExecutable(path);
    return problem === undefined ? { path } : { failure: `fork/exec ${name}: ${problem}` };
  }
  // By the agent's own PATH, whatever the command's will be.
  const path = (process.env.PATH ?? "")
    .split(":")
    .map((directory) => join(directory, name))
    .find((candidate) => name !== "" && whyNotExecutable(candidate) === undefined);
  return path === undefined ? { failure: `exec: "${name}": executable file not found in $PATH` } : { path };
}

function whyNotExecutable(path: string): string | undefined {
  try {
    if (statSync(path).isDirectory()) return "permission denied";
  } catch {
    return "no such file or directory";
  }
  try {
    accessSync(path, constants.X_OK);
    return undefined;
  } catch {
    return "permission denied";
  }
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

export interface StartedProgram {
  readonly child: ChildProcess;
  /** Returns at the first byte of standard output; throws when there is none. */
  firstByte(): Promise<void>;
  /** Returns all of standard output of a program that exited with 0, and throws for every other end. */
  output(): Promise<string>;
  /** Ends it by SIGKILL and waits until it is gone. */
  kill(): Promise<void>;
}

/** Starts a program of the host and collects what it writes. */
export function startProgram(
  argv: readonly string[],
  env?: Readonly<Record<string, string>>,
): StartedProgram {
  const [file = "", ...args] = argv;
  const child = spawn(file, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stderr.on("data", (data: Buffer) => stderr.push(data));
  const firstByte = new Promise<void>((resolve) => {
    child.stdout.on("data", (data: Buffer) => {
      stdout.push(data);
      resolve();
    });
  });
  const ended = new Promise<string>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      if (code === 0) resolve(Buffer.concat(stdout).toString());
      else
        reject(new Error(`${file} ended with ${code ?? signal}: ${Buffer.concat(stderr).toString().trim()}`));
    });
  });
  // Nobody may be waiting yet, or ever, when it fails.
  ended.catch(() => undefined);
  const silent = async () => {
    await ended;
    if (stdout.length === 0) throw new Error(`${file} wrote nothing`);
  };
  return {
    child,
    firstByte: () => Promise.race([firstByte, silent()]),
    output: () => ended,
    kill: async () => {
      child.kill("SIGKILL");
      await ended.catch(() => undefined);
    },
  };
}

/** As a shell would find it. */
export function findProgram(name: string): string | undefined {
  const directories = (process.env.PATH ?? "").split(delimiter).filter((directory) => directory !== "");
  return directories.map((directory) => join(directory, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

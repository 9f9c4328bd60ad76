import { spawn } from "node:child_process";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { type PreparationWishes, preparationOf } from "../src/prepare/preparation.js";
import { discard, type Prepared, prepare } from "../src/prepare/prepare.js";
import { type TestInstallation, testInstallation } from "./policy-installation.js";

const program = fileURLToPath(new URL("../dist/cli.js", import.meta.url));

/** A step that installs a program of its name, which prints name and version, and says that it did. */
export function tool(name: string, version = "1.2.3", more: object = {}, directory = "/usr/local/bin") {
  const path = `${directory}/${name}`;
  return {
    name,
    version,
    run: [
      `echo "installing ${name} $VERSION"`,
      `mkdir -p ${directory}`,
      `printf '#!/bin/sh\\necho "${name} %s"\\n' "$VERSION" > ${path}`,
      `chmod +x ${path}`,
    ],
    verify: [[path, "--version"]],
    ...more,
  };
}

export interface Place extends TestInstallation {
  readonly recipePath: string;
  recipe(value: unknown): void;
  /** What was told to the user until now. */
  readonly told: string[];
  prepare(wishes?: PreparationWishes): Promise<Prepared>;
  /** What is thrown away is told. */
  discard(): Promise<boolean>;
  /** The program as its users get it. */
  program(words: readonly string[]): Program;
  /** Names of the records on disk. */
  records(): string[];
}

interface Program {
  readonly pid: number | undefined;
  kill(signal: NodeJS.Signals): void;
  /** Settles when a line of standard error has this in it. */
  says(words: string): Promise<void>;
  readonly ended: Promise<{ exitCode: number | null; stdout: string; stderr: string }>;
}

export function prepareInstallation(engine: string, environment: NodeJS.ProcessEnv = {}): Place {
  const place = testInstallation();
  const recipePath = join(place.directory, "recipe.json");
  const records = join(place.directory, "state/nanoclaw-sandbox/base-images");
  const told: string[] = [];
  const options = (wishes: PreparationWishes = {}) => {
    told.length = 0;
    const context = { signal: new AbortController().signal, tell: (line: string) => void told.push(line) };
    return preparationOf(place.installation, { engine, recipe: recipePath, ...wishes }, context);
  };
  return {
    ...place,
    recipePath,
    told,
    recipe: (value) => writeFileSync(recipePath, JSON.stringify(value)),
    prepare: async (wishes) => await prepare(await options(wishes)),
    discard: async () => await discard(await options({ recipe: undefined })),
    program: (words) => start(words, { ...place.environment, ...environment }, place.installation.root),
    records: () => (existsSync(records) ? readdirSync(records).filter((name) => name !== "locks") : []),
  };
}

function start(words: readonly string[], env: NodeJS.ProcessEnv, cwd: string): Program {
  const child = spawn(process.execPath, [program, "prepare", ...words], {
    env: { PATH: "/usr/bin:/bin", ...env },
    cwd,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exit = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const output = Promise.all([text(child.stdout), text(child.stderr)]);
  return {
    pid: child.pid,
    kill: (signal) => void child.kill(signal),
    says: (words) =>
      new Promise((resolve, reject) => {
        let seen = "";
        child.stderr.on("data", (data: Buffer) => {
          seen += data.toString();
          if (seen.includes(words)) resolve();
        });
        void exit.then(() => reject(new Error(`It ended and never said ${words}:\n${seen}`)));
      }),
    ended: Promise.all([exit, output]).then(([exitCode, [stdout, stderr]]) => ({ exitCode, stdout, stderr })),
  };
}

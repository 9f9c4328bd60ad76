import { spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants, realpathSync } from "node:fs";
import { constants as osConstants } from "node:os";
import { delimiter, join } from "node:path";
import { Refusal } from "./refusal.js";

/** Set for what is called here: a script named docker that calls us again would go round for ever. */
const marker = "NANOCLAW_SANDBOX_PASSED_ON";

/** Docker's own program, further back in PATH; undefined where there is none. */
export function dockerProgram(): string | undefined {
  const self = realpathSync(process.argv[1] ?? "");
  return (process.env.PATH ?? "")
    .split(delimiter)
    .filter((directory) => directory.startsWith("/"))
    .map((directory) => join(directory, "docker"))
    .find((path) => isProgram(path) && realpathSync(path) !== self);
}

/** Calls Docker's own program with the same words and streams: images of Docker's are Docker's business. */
export async function passOn(argv: readonly string[]): Promise<number> {
  const program = dockerProgram();
  if (program === undefined) {
    throw new Refusal(`docker ${argv[0]} needs Docker's own program, and there is none in PATH.`, {
      hint: "Install Docker's command line.",
    });
  }
  if (process.env[marker] !== undefined) {
    throw new Refusal(`docker ${argv[0]}: ${program} leads back to this program.`, {
      hint: "Put the directory of `nanoclaw-sandbox shim` into PATH itself, or a symbolic link to its file.",
    });
  }
  const child = spawn(program, argv, { stdio: "inherit", env: { ...process.env, [marker]: "1" } });
  const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
  return code ?? 128 + (signal === null ? 0 : osConstants.signals[signal]);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

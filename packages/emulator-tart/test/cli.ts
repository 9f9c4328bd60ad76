import { spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { TartEmulator } from "../src/emulator.js";

/** What it takes to call the program. */
type Program = Pick<TartEmulator, "bin" | "environment">;

export interface CommandResult {
  /** Null after a signal. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly stdin?: string;
  readonly environment?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

/** Starts the executable of an emulator, as a shell would find it. */
export function start(emulator: Program, argv: readonly string[], options: CommandOptions = {}) {
  const child = spawn(join(emulator.bin, "tart"), argv, {
    cwd: options.cwd,
    env: { ...process.env, ...emulator.environment, ...options.environment },
  });
  child.stdin.end(options.stdin ?? "");
  const ended = new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exitCode, signal) => resolve([exitCode, signal]));
  });
  const result = Promise.all([ended, text(child.stdout), text(child.stderr)]).then(
    ([[exitCode, signal], stdout, stderr]): CommandResult => ({ exitCode, signal, stdout, stderr }),
  );
  return { child, result };
}

export function tart(emulator: Program, argv: readonly string[], options?: CommandOptions) {
  return start(emulator, argv, options).result;
}

/** The same, and nothing but success will do. */
export async function succeed(emulator: Program, ...argv: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await tart(emulator, argv);
  if (exitCode !== 0) throw new Error(`tart ${argv.join(" ")} exited with ${exitCode}: ${stderr}`);
  return stdout;
}

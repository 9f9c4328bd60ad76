import { spawn } from "node:child_process";
import { buffer } from "node:stream/consumers";
import type { ContainerEmulator } from "../src/installation.js";

/** What it takes to call the program. */
type Program = Pick<ContainerEmulator, "program" | "environment">;

export interface CommandResult {
  /** Null after a signal. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly bytes: Buffer;
}

export interface CommandOptions {
  /** Default: an empty input. `"open"`: it stays open, for the test to write to. */
  readonly input?: string | Buffer | "open";
  readonly environment?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

/** Starts the program as a shell would find it. */
export function start(emulator: Program, argv: readonly string[], options: CommandOptions = {}) {
  const child = spawn(emulator.program, argv, {
    cwd: options.cwd,
    env: { ...emulator.environment, ...options.environment },
  });
  // A program may end before it has read its input.
  child.stdin.on("error", () => child.stdin.destroy());
  if (options.input !== "open") child.stdin.end(options.input ?? "");
  const ended = new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exitCode, signal) => resolve([exitCode, signal]));
  });
  const result = () =>
    Promise.all([ended, buffer(child.stdout), buffer(child.stderr)]).then(
      ([[exitCode, signal], bytes, stderr]): CommandResult => {
        return { exitCode, signal, stdout: bytes.toString(), stderr: stderr.toString(), bytes };
      },
    );
  return { child, ended, result };
}

export function container(
  emulator: Program,
  argv: readonly string[],
  options?: CommandOptions,
): Promise<CommandResult> {
  return start(emulator, argv, options).result();
}

/** The same, and nothing but success will do. */
export async function succeed(emulator: Program, ...argv: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await container(emulator, argv);
  if (exitCode !== 0) throw new Error(`container ${argv.join(" ")} exited with ${exitCode}: ${stderr}`);
  return stdout;
}

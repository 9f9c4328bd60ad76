import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { buffer } from "node:stream/consumers";
import type { TestInstallation } from "./installation.js";

export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly bytes: Buffer;
}

export interface CallOptions {
  readonly input?: string | Uint8Array;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

/** Calls the bare name `docker` to its end, as NanoClaw does. */
export async function callDocker(
  installation: Pick<TestInstallation, "root" | "environment">,
  argv: readonly string[],
  options: CallOptions = {},
): Promise<Ended> {
  const child = startDocker(installation, argv, options);
  child.stdin.end(options.input);
  const [bytes, stderr, [exitCode]] = await Promise.all([
    buffer(child.stdout),
    buffer(child.stderr),
    once(child, "close"),
  ]);
  return { exitCode: exitCode as number | null, stdout: bytes.toString(), stderr: stderr.toString(), bytes };
}

export function startDocker(
  { root, environment }: Pick<TestInstallation, "root" | "environment">,
  argv: readonly string[],
  { env, cwd = root }: CallOptions = {},
): ChildProcessWithoutNullStreams {
  const child = spawn("docker", [...argv], { cwd, env: { ...environment, ...env }, stdio: "pipe" });
  child.stdin.on("error", () => undefined);
  return child;
}

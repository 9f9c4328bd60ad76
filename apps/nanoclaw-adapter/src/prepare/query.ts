import { execFile } from "node:child_process";
import { SandboxError } from "@nanoclaw/sandbox";

const callMs = 30_000;
const longestAnswer = 16 * 1_048_576;

export interface QueryEnd {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * A question to an engine's program, which changes nothing.
 *
 * @throws SandboxError `engine_unavailable` when there is no such program, or no answer.
 */
export async function query(
  program: string,
  args: readonly string[],
  options: { readonly environment?: NodeJS.ProcessEnv; readonly signal: AbortSignal },
): Promise<QueryEnd> {
  const { environment, signal } = options;
  const env = { ...process.env, ...environment };
  return await new Promise((resolve, reject) => {
    const limits = { timeout: callMs, maxBuffer: longestAnswer, signal };
    execFile(program, [...args], { env, ...limits }, (error, stdout, stderr) => {
      if (signal.aborted) return reject(signal.reason);
      if (error === null) return resolve({ exitCode: 0, stdout, stderr });
      if (typeof error.code === "number") return resolve({ exitCode: error.code, stdout, stderr });
      const [command = ""] = args;
      const hint = '"nanoclaw-sandbox doctor" tells what is missing.';
      reject(
        new SandboxError("engine_unavailable", `${program} ${command} gave no answer.`, {
          cause: error,
          hint,
        }),
      );
    });
  });
}

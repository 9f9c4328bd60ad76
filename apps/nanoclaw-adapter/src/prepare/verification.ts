import { createSandbox, type Sandbox, SandboxError, type SandboxProvider } from "@nanoclaw/sandbox";
import type { VerifiedTool } from "./image-records.js";
import type { PlannedStep } from "./plan.js";
import { stepFailure } from "./step-failure.js";

const commandMs = 120_000;
const longestOutput = 65_536;

/** How a command of a step's `verify` ended. */
export interface Verification {
  readonly exitCode: number | null;
  readonly signal?: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * What a step's command has shown of its tool.
 *
 * @throws SandboxError `command_failed` when it did not exit with 0 or told another version: F9.
 */
export function judge(step: PlannedStep, command: readonly string[], ended: Verification): VerifiedTool {
  const { name, version } = step;
  const { exitCode, signal, stdout, stderr } = ended;
  const words = command.join(" ");
  const output = [stdout, stderr].filter(Boolean).join("\n").trim();
  if (exitCode !== 0) {
    const end = exitCode === null ? `ended by ${signal ?? "a signal"}` : `exited with ${exitCode}`;
    throw stepFailure(name, `its tool is not there: ${words} ${end}`, output);
  }
  if (version !== undefined && !tells(output, version)) {
    throw stepFailure(
      name,
      `its tool is not the one that was wanted: ${words} does not print ${version}`,
      output,
    );
  }
  const [first = ""] = output.split("\n");
  return { step: name, ...(version !== undefined && { version }), command, output: first.slice(0, 200) };
}

/** Whether exactly this version stands in a text: 1.2.3 is neither in 1.2.30 nor in 1.2.3-beta nor in 11.2.3. */
function tells(text: string, version: string): boolean {
  const exact = version.replace(/[.+]/g, "\\$&");
  return new RegExp(`(?<![0-9.])${exact}(?![0-9A-Za-z+-]|\\.[0-9A-Za-z])`).test(text);
}

export interface ImageVerification {
  readonly image: string;
  readonly steps: readonly PlannedStep[];
  /** `none` where the engine can: what a tool downloads at its first call is not in the image. */
  readonly network: "open" | "none";
  /** For the start of the sandbox. */
  readonly bootMs: number;
  readonly signal: AbortSignal;
}

/** Looks for each tool in a fresh sandbox of the image, as a group's run would find it. */
export async function verifyImage(
  provider: SandboxProvider,
  { image, steps, network, bootMs, signal }: ImageVerification,
): Promise<VerifiedTool[]> {
  await using sandbox = await createSandbox(provider, { image, network, signal, timeoutMs: bootMs });
  const tools: VerifiedTool[] = [];
  for (const step of steps) {
    for (const command of step.verify) tools.push(judge(step, command, await run(sandbox, command, signal)));
  }
  return tools;
}

async function run(sandbox: Sandbox, command: readonly string[], signal: AbortSignal): Promise<Verification> {
  try {
    return await sandbox.exec([...command], { signal, timeoutMs: commandMs, maxOutputBytes: longestOutput });
  } catch (error) {
    // One that never ends does not answer, and what it had printed may tell why.
    if (!SandboxError.is(error, "timeout")) throw error;
    const { stdout = "", stderr = "" } = error.result ?? {};
    return { exitCode: null, signal: `the limit of ${commandMs} ms`, stdout, stderr };
  }
}

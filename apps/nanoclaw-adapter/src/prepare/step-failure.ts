import { SandboxError } from "@nanoclaw/sandbox";

const shownLines = 20;

/** A step that failed: its name, why, and the end of what it printed. */
export function stepFailure(step: string, reason: string, output: string): SandboxError {
  const lines = output.trim().split("\n").filter(Boolean).slice(-shownLines);
  const told = lines.map((line) => `\n  | ${line}`).join("");
  return new SandboxError("command_failed", `The step ${step} failed: ${reason}.${told}`, {
    cause: new StepFailed(step),
  });
}

/** Which step it was, for programs. */
class StepFailed extends Error {
  override readonly name = "StepFailed";
  readonly step: string;

  constructor(step: string) {
    super(`The step ${step} failed.`);
    this.step = step;
  }
}

/** The step that an error is about, or undefined. */
export function failedStep(error: unknown): string | undefined {
  const { cause } = error as { cause?: unknown };
  return cause instanceof StepFailed ? cause.step : undefined;
}

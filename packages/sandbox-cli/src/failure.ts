import { stripVTControlCharacters } from "node:util";
import { SandboxError } from "@nanoclaw/sandbox";
import { inCommandLineWords } from "./command-line/wording.js";
import { notice } from "./terminal/output.js";

/** Exit code of this program's own failures, as with `docker run`: the command's own codes keep their meaning. */
export const OWN_FAILURE = 125;

/** Tells a failure on standard error. */
export function tellFailure(error: unknown, verbose: boolean | undefined): void {
  notice(describeFailure(error, verbose === true).join("\n"));
}

/** Lines that tell a person what went wrong and what to do. With `verbose` also where and why. */
export function describeFailure(error: unknown, verbose: boolean): string[] {
  const lines = [`sandbox: ${messageOf(error)}`];
  if (SandboxError.is(error)) {
    if (error.hint) lines.push(`  ${error.hint}`);
    if (verbose) {
      const { code, operation, sandboxId } = error;
      lines.push(`  code: ${code}`);
      if (operation) lines.push(`  operation: ${operation}`);
      if (sandboxId) lines.push(`  sandbox: ${sandboxId}`);
    }
  }
  if (verbose)
    lines.push(...causesOf(error).map((cause) => `  caused by: ${messageOf(cause)}`), ...stackOf(error));
  // The engine or the guest may have had a part in the wording. It must not steer the user's terminal.
  return lines.map((line) => stripVTControlCharacters(inCommandLineWords(line)));
}

/** The user's own wish, which needs no message. */
export function isInterruption(error: unknown): boolean {
  return SandboxError.is(error, "aborted") || (error instanceof Error && error.name === "AbortError");
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error) && !SandboxError.is(error)) return String(error);
  if (error.message !== "") return error.message;
  return "code" in error ? String(error.code) : error.name;
}

function causesOf(error: unknown): unknown[] {
  const causes: unknown[] = [];
  for (let cause = error; ; ) {
    cause =
      cause instanceof AggregateError ? cause.errors[0] : cause instanceof Error ? cause.cause : undefined;
    if (cause === undefined || causes.includes(cause)) return causes;
    causes.push(cause);
  }
}

/** Only where the failure is a fault of a program: a stack tells users nothing about a missing engine. */
function stackOf(error: unknown): string[] {
  const fault = !SandboxError.is(error) || error.code === "adapter_fault";
  return fault && error instanceof Error && error.stack ? [error.stack] : [];
}

import { SandboxError } from "@nanoclaw/sandbox";
import { notice } from "./output.js";

/** Tells a failure on standard error: what went wrong, and what a person can do. */
export async function tellFailure(error: unknown): Promise<void> {
  const told = SandboxError.is(error) || error instanceof Error ? error.message : String(error);
  await notice(`nanoclaw-sandbox: ${told}`);
  if (SandboxError.is(error)) {
    if (error.hint) await notice(`  ${error.hint}`);
    if (error.code !== "adapter_fault") return;
  }
  // A fault of a program, and not of its surroundings.
  if (error instanceof Error && error.stack) await notice(error.stack);
}

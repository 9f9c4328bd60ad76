import { SandboxError, type SandboxErrorCode } from "@nanoclaw/sandbox";
import type { Outcome } from "../run/group-sandbox.js";
import type { Ending } from "../run/run-end.js";
import { type ContainerOutput, withSession } from "./container-io.js";
import type { Delivery } from "./delivery.js";
import type { GroupAgentResult } from "./options.js";

export interface FailureCircumstances {
  /** What ended the run from outside, if anything did. */
  readonly ending: Ending | undefined;
  /** Whether there was a sandbox. */
  readonly wasOpen: boolean;
  readonly delivery: Delivery;
  redact(text: string): string;
}

/** What a turn that threw comes to, in NanoClaw's words. `fault`: an error of ours or of an engine's, for the handle. */
export function resultOfFailure(
  error: unknown,
  { ending, wasOpen, delivery, redact }: FailureCircumstances,
): { readonly result: GroupAgentResult; readonly fault?: Error } {
  const fail = (words: string, code?: SandboxErrorCode): GroupAgentResult =>
    withSession({ status: "error", result: null, error: redact(words), code }, delivery.sessionId);
  if (ending && ending.why !== "failed") {
    if (isLimit(ending)) {
      // The agent had answered, and waited for more: that is the end of an idle run, not a failure.
      if (delivery.count > 0) return { result: withSession(delivered(delivery), delivery.sessionId) };
      return { result: fail(`Container timed out after ${ending.limitMs}ms`, "timeout") };
    }
    const words = ending.why === "killed" ? "Container was killed." : "The run was aborted.";
    return { result: fail(words, "aborted") };
  }
  const cause = ending?.why === "failed" ? ending.error : error;
  const code = SandboxError.is(cause) ? cause.code : undefined;
  const hint = SandboxError.is(cause) && cause.hint ? ` ${cause.hint}` : "";
  const words = `${messageOf(cause)}${hint}`;
  return {
    result: fail(wasOpen ? words : `Container spawn error: ${words}`, code),
    fault: new Error(redact(words)),
  };
}

export function outcomeOf({ status, code }: GroupAgentResult): Outcome {
  if (status === "success") return "answered";
  if (code === "timeout") return "timeout";
  return code === "aborted" ? "aborted" : "failed";
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function delivered({ streams, first }: Delivery): ContainerOutput {
  return streams || !first ? { status: "success", result: null } : first;
}

function isLimit(ending: Ending): ending is Extract<Ending, { limitMs: number }> {
  return ending.why === "run" || ending.why === "idle";
}

import { SandboxError, type SandboxErrorCode } from "@nanoclaw/sandbox";
import type { SessionFailure } from "./contract.js";
import type { DriverLog } from "./driver-log.js";

/** A failure as it crosses to the host: thrown, and read by its `kind`. */
export type SessionFailureError = Error & SessionFailure;

export function failureError(failure: SessionFailure): SessionFailureError {
  const detail = "detail" in failure ? `: ${failure.detail}` : "";
  const reference = "opaqueRef" in failure ? ` (${failure.opaqueRef})` : "";
  return Object.assign(new Error(`${failure.kind}${detail}${reference}`), failure);
}

/** The host asks for something that cannot be. Nothing was made. */
export function specInvalid(detail: string): SessionFailureError {
  return failureError({ kind: "spec-invalid", retryable: false, detail });
}

/** The host asks for something that it must not have. Nothing was made. */
export function deniedByPolicy(detail: string): SessionFailureError {
  return failureError({ kind: "denied-by-policy", retryable: false, detail });
}

function isSessionFailure(error: unknown): error is SessionFailureError {
  return error instanceof Error && "kind" in error && "retryable" in error;
}

const kindOf: Partial<Record<SandboxErrorCode, SessionFailure["kind"]>> = {
  invalid_argument: "spec-invalid",
  unsupported: "spec-invalid",
  adapter_missing: "runtime-unavailable",
  engine_unavailable: "runtime-unavailable",
  timeout: "runtime-unavailable",
  image_not_found: "image-unavailable",
  resource_exhausted: "resources-exhausted",
  out_of_memory: "resources-exhausted",
  sandbox_lost: "started-then-died",
};

/**
 * Whatever was thrown, as a failure that says nothing of the engine's words: those are in the log, under a reference.
 */
export function failureOf(
  error: unknown,
  log: DriverLog,
  about: Readonly<Record<string, unknown>>,
): SessionFailure {
  if (isSessionFailure(error)) {
    log.write("failure", { ...about, failure: error.message });
    return failureFields(error);
  }
  const reference = log.writeError(error, about);
  const kind = SandboxError.is(error) ? kindOf[error.code] : undefined;
  switch (kind) {
    case "spec-invalid":
      return {
        kind,
        retryable: false,
        detail: `the engine cannot make this session. ${hintOf(error)}Log: ${reference}`,
      };
    case "runtime-unavailable":
    case "image-unavailable":
    case "resources-exhausted":
      return { kind, retryable: true };
    case "started-then-died":
      return { kind, retryable: false };
    default:
      return { kind: "unknown", retryable: false, opaqueRef: reference };
  }
}

/** Hints are words of ours, without any of the engine's. */
function hintOf(error: unknown): string {
  return SandboxError.is(error) && error.hint !== undefined ? `${error.hint} ` : "";
}

function failureFields(failure: SessionFailure): SessionFailure {
  switch (failure.kind) {
    case "spec-invalid":
    case "denied-by-policy":
      return { kind: failure.kind, retryable: false, detail: failure.detail };
    case "started-then-died":
      return { kind: failure.kind, retryable: false, exitCode: failure.exitCode };
    case "unknown":
      return { kind: failure.kind, retryable: false, opaqueRef: failure.opaqueRef };
    default:
      return { kind: failure.kind, retryable: true };
  }
}

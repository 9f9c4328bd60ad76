import type { CommandResult } from "./process.js";

/** What went wrong, for programs. Messages are for people and may change; codes do not. */
export type SandboxErrorCode =
  /** An option, path, name or value is not acceptable. Nothing was made. */
  | "invalid_argument"
  /** The engine or its adapter does not have the ability that was asked for. Nothing was made. */
  | "unsupported"
  /** The adapter's package is not installed. */
  | "adapter_missing"
  /** The engine is not installed, not running or not reachable. */
  | "engine_unavailable"
  /** The engine, the host or the guest denies it to this user. */
  | "permission_denied"
  | "image_not_found"
  | "sandbox_not_found"
  | "already_exists"
  /** Memory, disk, process ids, places for virtual machines: something has run out. */
  | "resource_exhausted"
  /** The guest ran out of the memory that its limit allows, and lost its main process. */
  | "out_of_memory"
  /** The time limit of a call passed. */
  | "timeout"
  /** The caller's `signal` aborted the call. */
  | "aborted"
  /** The sandbox or the connection to it ended during the call. What became of the command is unknown. */
  | "sandbox_lost"
  /** `exec` with `check: true`: the command did not exit with 0. */
  | "command_failed"
  | "file_not_found"
  /** A file operation failed in the guest for the reason that the message gives. */
  | "file_failed"
  /** Something of the sandbox may still be there. */
  | "cleanup_failed"
  /** The adapter or the engine did something that it must not do. The cause tells the rest. */
  | "adapter_fault";

export interface SandboxErrorDetails {
  cause?: unknown;
  /** The call that failed: `create`, `exec`, `files.read` … */
  operation?: string;
  sandboxId?: string;
  /** Whether the same call may succeed later without a change. Default: by code. */
  retryable?: boolean;
  /** One sentence that a person can act on. */
  hint?: string;
  /** What a command had given until the failure. */
  result?: CommandResult;
}

const retryableCodes: ReadonlySet<SandboxErrorCode> = new Set<SandboxErrorCode>([
  "engine_unavailable",
  "resource_exhausted",
  "timeout",
  "sandbox_lost",
]);

const brand = Symbol.for("@nanoclaw/sandbox.error");

/** The one error class of every package here. Tell cases apart by `code`. */
export class SandboxError extends Error {
  override readonly name = "SandboxError";
  readonly code: SandboxErrorCode;
  readonly operation: string | undefined;
  readonly sandboxId: string | undefined;
  readonly retryable: boolean;
  readonly hint: string | undefined;
  readonly result: CommandResult | undefined;

  constructor(code: SandboxErrorCode, message: string, details: SandboxErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.operation = details.operation;
    this.sandboxId = details.sandboxId;
    this.retryable = details.retryable ?? retryableCodes.has(code);
    this.hint = details.hint;
    this.result = details.result;
    Object.defineProperty(this, brand, { value: true });
  }

  /** True for a `SandboxError` of any copy of this package, with this code if one is given. */
  static is(error: unknown, code?: SandboxErrorCode): error is SandboxError {
    if (typeof error !== "object" || error === null || !(brand in error)) return false;
    return code === undefined || (error as { code?: unknown }).code === code;
  }

  /** The same error with details that only the caller knew. What is already there wins. */
  with(details: SandboxErrorDetails): SandboxError {
    const copy = new SandboxError(this.code, this.message, {
      cause: this.cause ?? details.cause,
      operation: this.operation ?? details.operation,
      sandboxId: this.sandboxId ?? details.sandboxId,
      retryable: this.retryable,
      hint: this.hint ?? details.hint,
      result: this.result ?? details.result,
    });
    copy.stack = this.stack;
    return copy;
  }

  /** For logs and `--json`. Never holds output of commands or values of secrets. */
  toJSON(): Record<string, unknown> {
    return {
      name: this.name,
      code: this.code,
      message: this.message,
      operation: this.operation,
      sandboxId: this.sandboxId,
      retryable: this.retryable,
      hint: this.hint,
    };
  }
}

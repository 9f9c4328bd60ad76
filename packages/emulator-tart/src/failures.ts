export { ValidationFailure } from "@nanoclaw/emulator-base";

/** An error of the emulated program itself: its text goes to stderr without a prefix. */
export class RuntimeFailure extends Error {
  override readonly name = "RuntimeFailure";

  constructor(
    message: string,
    /** 2 for a virtual machine that is missing, not running or already running; 1 for all else. */
    readonly exitCode: 1 | 2 = 1,
  ) {
    super(message);
  }
}

/** An error of a framework or of the system: exit code 1, and `Error: ` before its text. */
export class SystemFailure extends Error {
  override readonly name = "SystemFailure";
}

export function doesNotExist(name: string): RuntimeFailure {
  return new RuntimeFailure(`the specified VM "${name}" does not exist`, 2);
}

export function notRunning(name: string): RuntimeFailure {
  return new RuntimeFailure(`VM "${name}" is not running`, 2);
}

export function isRunning(name: string): RuntimeFailure {
  return new RuntimeFailure(`VM "${name}" is running`);
}

export function alreadyRunning(name: string): RuntimeFailure {
  return new RuntimeFailure(`VM "${name}" is already running!`, 2);
}

/** Whether a call to the system failed for this reason. */
export function hasErrorCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

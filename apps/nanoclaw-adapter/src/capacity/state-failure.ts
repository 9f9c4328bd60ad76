import { SandboxError, type SandboxErrorCode } from "@nanoclaw/sandbox";

const meaning: Readonly<Record<string, readonly [SandboxErrorCode, string, string]>> = {
  ENOSPC: ["resource_exhausted", "has no space left", "Free some of its disk."],
  EDQUOT: ["resource_exhausted", "has no quota left", "Free some of its disk, or raise the quota."],
  EMFILE: [
    "resource_exhausted",
    "cannot be read: this process has too many files open",
    "Raise `ulimit -n`.",
  ],
  ENFILE: ["resource_exhausted", "cannot be read: the system has too many files open", "End some programs."],
};

const unusable: (typeof meaning)[string] = [
  "permission_denied",
  "cannot be used",
  "Make it writable, or set XDG_STATE_HOME to a directory that is.",
];

/** What a failed operation on the state directory means. */
export function stateFailure(directory: string, cause: unknown): SandboxError {
  if (SandboxError.is(cause)) return cause;
  const { code = "" } = cause as NodeJS.ErrnoException;
  const [errorCode, what, hint] = meaning[code] ?? unusable;
  return new SandboxError(errorCode, `The state directory ${directory} ${what}${code && ` (${code})`}.`, {
    cause,
    hint,
  });
}

/** `work`, whose failures are told as those of a state directory. */
export function inState<T>(directory: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw stateFailure(directory, error);
  }
}

export function isCode(error: unknown, ...codes: string[]): boolean {
  return codes.includes((error as NodeJS.ErrnoException).code ?? "");
}

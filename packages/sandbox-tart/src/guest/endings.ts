import { type ProcessExit, SandboxError } from "@nanoclaw/sandbox/adapter";

/**
 * How a command ended, from our shell's words: code, whether its shell said something of it, name of the signal.
 *
 * Shells give death by signal n as 128 + n and say so in words, except for SIGINT and SIGPIPE: these are read as
 * exits, as every shell reads them, unless the signal was sent from here.
 */
export function exitOf([code, message, name]: readonly string[], sent: ReadonlySet<string>): ProcessExit {
  const exitCode = Number(code);
  const signal = name && `SIG${name}`;
  const byIt = signal && exitCode > 128 && (message !== "0" || sent.has(signal));
  return byIt ? { exitCode: null, signal } : { exitCode, signal: null };
}

export interface NotStarted {
  /** What came in place of our shell's first word. */
  readonly said: string;
  /** As whom it was to run, if not as the image's user. */
  readonly user: string | undefined;
  readonly exitCode: number | undefined;
}

/** The channel ended without a word of our shell. */
export function notStarted({ said, user, exitCode }: NotStarted): SandboxError {
  if (!said) return endNotTold();
  if (user !== undefined && /unknown user/i.test(said)) {
    return new SandboxError("invalid_argument", `The sandbox has no user ${JSON.stringify(user)}.`);
  }
  if (user !== undefined && /password|not allowed|sudo/i.test(said)) {
    return new SandboxError("permission_denied", `Commands of ${JSON.stringify(user)}: ${said}`, {
      hint: "The image's user needs sudo without a password for this.",
    });
  }
  if (/fork|resource temporarily|cannot allocate/i.test(said)) {
    return new SandboxError("resource_exhausted", `The sandbox could not start another process: ${said}`, {
      hint: "End what runs in the sandbox.",
    });
  }
  return new SandboxError("sandbox_lost", `The command could not be started (${exitCode ?? "?"}): ${said}`);
}

export function endNotTold(): SandboxError {
  return new SandboxError("sandbox_lost", "The command's end was not told: how it ended is unknown.");
}

export function cutOff(): SandboxError {
  return new SandboxError("sandbox_lost", "The end of the command's standard error was lost on the way.");
}

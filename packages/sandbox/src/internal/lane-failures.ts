import { SandboxError } from "../contract/error.js";

/** The shells of a lane ended. `opening`: what came before they had answered, if they never did. */
export function shellEnded(opening: string | undefined): SandboxError {
  if (!opening) return new SandboxError("sandbox_lost", "The shell in the sandbox has ended.");
  if (/fork|resource temporarily/i.test(opening)) return workerGaveUp();
  return new SandboxError("sandbox_lost", `The shell in the sandbox could not start: ${opening.trim()}`);
}

export function connectionBroke(cause: unknown): SandboxError {
  if (SandboxError.is(cause)) return cause;
  return new SandboxError("sandbox_lost", "The connection to the sandbox broke.", { cause });
}

export function workerKilled(): SandboxError {
  return new SandboxError(
    "sandbox_lost",
    "The shell that ran the command was killed: how it ended is unknown.",
    {
      retryable: false,
      hint: "Does the command kill processes that are not its own?",
    },
  );
}

export function workerGaveUp(): SandboxError {
  return new SandboxError("resource_exhausted", "The sandbox could not start another process.", {
    hint: "Raise limits.pidCount, or end what runs in the sandbox.",
  });
}

export function cwdMissing(): SandboxError {
  return new SandboxError("invalid_argument", "The working directory does not exist in the sandbox.", {
    hint: "Make it with files.mkdir, or choose one that exists.",
  });
}

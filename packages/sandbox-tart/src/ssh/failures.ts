import { SandboxError } from "@nanoclaw/sandbox/adapter";

/** What ssh2 says when a connection could not be made. */
export interface SshFailure extends Error {
  readonly level?: string;
  readonly code?: string;
}

/** Trying again may help: the guest is not up yet, or takes no more connections at the moment. */
export function mayPass({ level, code, message }: SshFailure): boolean {
  if (level === "client-authentication") return false;
  if (/host denied|host key|no matching|Unable to (?:parse|exchange)/i.test(message)) return false;
  return level !== "handshake" || code !== "EPROTO";
}

export function connectFailure(error: SshFailure, username: string): SandboxError {
  if (error.level === "client-authentication") {
    return new SandboxError(
      "permission_denied",
      `SSH does not let the user ${JSON.stringify(username)} in.`,
      {
        cause: error,
        hint: "Give the image's user and password to tart({ username, password }).",
      },
    );
  }
  if (/host denied|host key|verif/i.test(error.message)) {
    return new SandboxError("permission_denied", "The guest shows another SSH host key than it had.", {
      cause: error,
      hint: "Another machine may have taken its address. Create a new sandbox.",
    });
  }
  if (error.code === "EHOSTUNREACH" || error.code === "EPERM") {
    return new SandboxError(
      "engine_unavailable",
      "The guest's address cannot be reached from this program.",
      {
        cause: error,
        hint: "On macOS 15 and later, allow this program under Privacy & Security, Local Network. The guest agent needs no network.",
      },
    );
  }
  return new SandboxError("engine_unavailable", `SSH to the guest failed: ${error.message}`, {
    cause: error,
  });
}

export function connectionLost(cause?: unknown): SandboxError {
  return new SandboxError("sandbox_lost", "The SSH connection to the sandbox broke during the call.", {
    cause,
  });
}

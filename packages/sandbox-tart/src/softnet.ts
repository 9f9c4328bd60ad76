import { statSync } from "node:fs";
import { findProgram, SandboxError } from "@nanoclaw/sandbox/adapter";
import type { Settings } from "./options.js";

const install = "Install Softnet: brew install openai/tools/softnet";

/** Throws where a guest could not be kept from the network, or could not be reached without one. */
export function requireSoftnet({ connect }: Pick<Settings, "connect">): void {
  if (connect === "ssh") {
    throw new SandboxError("unsupported", "A guest without network cannot be reached by SSH.", {
      hint: 'Use an image with the guest agent, and tart({ connect: "agent" }).',
    });
  }
  if (findProgram("softnet")) return;
  throw new SandboxError("unsupported", "Tart can take the network away from a guest by Softnet alone.", {
    hint: install,
  });
}

export interface SoftnetFacts {
  /** Where it is. Undefined: it is not. */
  readonly path?: string;
  /** Whether it runs as root whoever starts it. Otherwise it needs sudo without a password. */
  readonly setUid: boolean;
}

export function softnetFacts(): SoftnetFacts {
  const path = findProgram("softnet");
  if (path === undefined) return { setUid: false };
  const { mode, uid } = statSync(path);
  return { path, setUid: uid === 0 && (mode & 0o4000) !== 0 };
}

/** What to do where `network: "none"` is not to be had. Undefined where it is. */
export function softnetProblem({
  path,
  setUid,
}: SoftnetFacts): { message: string; hint: string } | undefined {
  if (path === undefined) {
    return { message: 'Softnet is not installed, so network: "none" is refused.', hint: install };
  }
  if (setUid) return undefined;
  return {
    message: "Softnet does not run as root, so it needs sudo without a password.",
    hint: `sudo chown root "${path}" && sudo chmod u+s "${path}"`,
  };
}

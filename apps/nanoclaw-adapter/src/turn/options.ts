import { SandboxError, type SandboxErrorCode } from "@nanoclaw/sandbox";
import type { KeptSandbox } from "../run/group-sandbox.js";
import type { AgentHandle } from "./agent-handle.js";
import type { BundleFile, BundleLimits } from "./bundle.js";
import type { ContainerOutput } from "./container-io.js";
import type { SecretOptions } from "./secrets.js";

/**
 * What is run in the guest. `protocol`: the agent-runner of NanoClaw's image, which reads `ContainerInput` and prints
 * markers. `cli`: the command line program of the group's agent itself, which any guest can hold, one of macOS too.
 */
export type AgentMode =
  | {
      readonly kind: "protocol";
      /** Default: the policy's for the runtime, else `/app/entrypoint.sh`, which is where NanoClaw's image has it. */
      readonly entrypoint?: readonly string[];
    }
  | { readonly kind: "cli" };

export interface GroupAgentOptions {
  /** Default: `{ kind: "protocol" }`. */
  readonly mode?: AgentMode;
  /** The run's handle, before anything is made, and the name of its sandbox. */
  readonly onProcess?: (handle: AgentHandle, name: string) => void;
  /** Each answer, once and in order. Without it the first answer is the result. */
  readonly onOutput?: (output: ContainerOutput) => Promise<void> | void;
  /** What the host's user should know and that did not stop the run. Holds no secrets. */
  readonly onNotice?: (notice: string) => void;
  readonly signal?: AbortSignal;
  readonly secrets?: SecretOptions;
  readonly bundle?: { readonly files: readonly BundleFile[]; readonly limits?: BundleLimits };
  /** In the guest, on engines that can choose. Default: the image's. */
  readonly user?: string;
  /** Added to the guest's environment, such as the agent's model, or a `PATH` that finds it. Nothing secret. */
  readonly env?: Readonly<Record<string, string>>;
  /** False: conversations end with the sandbox, and session ids are dropped. Default: true. */
  readonly keepSessions?: boolean;
  /** Of one answer, in bytes. Default: 10 MiB. */
  readonly maxOutputBytes?: number;
}

/** NanoClaw's answer, with what a host may want to know beside. */
export interface GroupAgentResult extends ContainerOutput {
  /** Of the failure, where it is one of ours. */
  readonly code?: SandboxErrorCode;
  /** The sandbox that was left to be looked into. */
  readonly kept?: KeptSandbox;
  /** Something of the sandbox may still be there, and why. */
  readonly cleanupError?: string;
  readonly log?: string;
}

/** @throws SandboxError `invalid_argument`. */
export function checkOptions({ mode, maxOutputBytes }: GroupAgentOptions): void {
  const refuse = (message: string, hint: string): never => {
    throw new SandboxError("invalid_argument", message, { hint });
  };
  if (mode !== undefined && mode.kind !== "protocol" && mode.kind !== "cli") {
    refuse("The mode is not known.", 'Write { kind: "protocol" } or { kind: "cli" }.');
  }
  if (maxOutputBytes !== undefined && !(Number.isInteger(maxOutputBytes) && maxOutputBytes > 0)) {
    refuse("maxOutputBytes is no number of bytes.", "Write a whole number.");
  }
}

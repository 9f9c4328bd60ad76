import type { CallContext, ProcessSpec, RawProcess, SandboxError } from "@nanoclaw/sandbox/adapter";

/** The way commands take into a virtual machine, held open for its whole life. */
export interface Transport {
  readonly kind: "agent" | "ssh";
  /** For a person: which way this is, and of which generation. */
  readonly describe: string;
  /** Starts a process in the guest. `kill()` ends its whole tree, `exited` never guesses. */
  spawn(spec: ProcessSpec, context: CallContext): Promise<RawProcess>;
  /** Settles when the way in is gone for good. Never rejects. */
  readonly lost: Promise<SandboxError>;
  close(): Promise<void>;
}

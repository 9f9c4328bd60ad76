import type { OutputChunk, SandboxError, TerminalSize } from "@nanoclaw/sandbox/adapter";

/** How a channel ended, as far as the side that carried it tells. */
export interface ChannelEnd {
  readonly exitCode?: number;
  /** The connection broke, or the guest could not start the process. */
  readonly error?: SandboxError;
}

/** What a channel tells of its process, in order. */
export interface ChannelListener {
  data(stream: OutputChunk["stream"], data: Buffer): void;
  /** As soon as it is known that the end will not be told. Output that came before may follow. */
  broken(error: SandboxError): void;
  /** Once, after the last output. */
  end(end: ChannelEnd): void;
}

/** A process in the guest as the guest agent or SSH carries it. */
export interface Channel {
  /** Calls back when the next piece may come. */
  write(data: Uint8Array, done: (error?: Error | null) => void): void;
  endInput(): void;
  /** Stops and resumes reading, so that the process has to wait. A few chunks may come after `pause`. */
  pause(): void;
  resume(): void;
  resize(size: TerminalSize): void;
  /** Ends the channel at once, on both sides. `end` of the listener is called. */
  cancel(): void;
}

export interface ChannelOptions {
  readonly argv: readonly string[];
  readonly tty?: TerminalSize;
}

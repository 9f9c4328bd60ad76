import type { OutputChunk, SandboxError } from "@nanoclaw/sandbox/adapter";
import type { ChannelEnd, ChannelListener } from "../guest/channel.js";

/** Keeps the end of a call from its listener until it is settled that this call is the listener's. */
export class HeldEnd implements ChannelListener {
  /** Of the call, so far. */
  ended: ChannelEnd | undefined;
  readonly #listener: ChannelListener;
  #broken: SandboxError | undefined;
  #passed = false;

  constructor(listener: ChannelListener) {
    this.#listener = listener;
  }

  data(stream: OutputChunk["stream"], data: Buffer): void {
    this.#listener.data(stream, data);
  }

  broken(error: SandboxError): void {
    this.#broken = error;
    if (this.#passed) this.#listener.broken(error);
  }

  end(end: ChannelEnd): void {
    this.ended = end;
    if (this.#passed) this.#listener.end(end);
  }

  pass(): void {
    this.#passed = true;
    if (this.#broken) this.#listener.broken(this.#broken);
    if (this.ended) this.#listener.end(this.ended);
  }
}

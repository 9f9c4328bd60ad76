import type { ContainerOutput } from "./container-io.js";

/** Gives a turn's answers to the host: one after the other, each once, and none after the end. */
export class Delivery {
  readonly #onOutput: ((output: ContainerOutput) => Promise<void> | void) | undefined;
  #last: Promise<void> = Promise.resolve();
  #closed = false;
  /** Of the first that came, for hosts without a callback. */
  first: ContainerOutput | undefined;
  sessionId: string | undefined;
  count = 0;
  /** What the host's callback threw. */
  failure: unknown;

  constructor(onOutput?: (output: ContainerOutput) => Promise<void> | void) {
    this.#onOutput = onOutput;
  }

  get streams(): boolean {
    return this.#onOutput !== undefined;
  }

  /** Settles when the host has taken it. */
  async deliver(output: ContainerOutput): Promise<void> {
    if (this.#closed) return;
    this.count++;
    this.first ??= output;
    if (output.newSessionId !== undefined) this.sessionId = output.newSessionId;
    this.#last = this.#last.then(async () => {
      try {
        await this.#onOutput?.(output);
      } catch (error) {
        this.failure ??= error;
      }
    });
    await this.#last;
  }

  /** What was begun is brought to its end; nothing is begun any more. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#last;
  }
}

import type { OutputChunk } from "@nanoclaw/sandbox/adapter";

/** Chunks that wait before the sender is told to. */
const most = 16;

export interface Flow {
  pause(): void;
  resume(): void;
}

/** Output on its way to one reader. Keeps a few chunks, then has the sender wait. */
export class GuestOutput implements AsyncIterable<OutputChunk> {
  readonly #queue: OutputChunk[] = [];
  readonly #flow: Flow;
  #wake: (() => void) | undefined;
  #paused = false;
  #open = false;
  #ended = false;
  #dropped = false;
  #error: unknown;

  constructor(flow: Flow) {
    this.#flow = flow;
  }

  push(chunk: OutputChunk): void {
    if (this.#ended || this.#dropped) return;
    this.#queue.push(chunk);
    this.#wake?.();
    if (this.#open && !this.#paused && this.#queue.length >= most) {
      this.#paused = true;
      this.#flow.pause();
    }
  }

  /** From now on the sender may be told to wait: nothing but output is to come that anybody waits for. */
  mayWait(): void {
    this.#open = true;
  }

  end(error?: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    if (this.#paused) this.#resume();
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<OutputChunk> {
    try {
      for (;;) {
        const next = this.#queue.shift();
        if (next) {
          if (this.#paused && this.#queue.length < most / 2) this.#resume();
          yield next;
        } else if (this.#ended) {
          if (this.#error) throw this.#error;
          return;
        } else {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
        }
      }
    } finally {
      this.#dropped = true;
      this.#queue.length = 0;
      if (this.#paused) this.#resume();
    }
  }

  #resume(): void {
    this.#paused = false;
    this.#flow.resume();
  }
}

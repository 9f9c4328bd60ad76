import type { OutputChunk } from "@nanoclaw/sandbox/adapter";

/** Bytes that wait before the sender is told to. */
const most = 64 * 1024;

export interface Flow {
  pause(): void;
  resume(): void;
}

/**
 * Output on its way to one reader. Keeps some of it, then has the sender wait. A reader gets all that has come of one
 * stream as one chunk: guests send it in small pieces, each of which would cost a slow reader a turn.
 */
export class GuestOutput implements AsyncIterable<OutputChunk> {
  readonly #queue: OutputChunk[] = [];
  readonly #flow: Flow;
  #bytes = 0;
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
    this.#bytes += chunk.data.length;
    this.#wake?.();
    if (this.#open && !this.#paused && this.#bytes >= most) {
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
        const next = this.#next();
        if (next) {
          if (this.#paused && this.#bytes < most / 2) this.#resume();
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

  #next(): OutputChunk | undefined {
    const [first] = this.#queue;
    if (!first) return undefined;
    const other = this.#queue.findIndex(({ stream }) => stream !== first.stream);
    const chunks = this.#queue.splice(0, other < 0 ? this.#queue.length : other);
    const data = chunks.length === 1 ? first.data : Buffer.concat(chunks.map(({ data }) => data));
    this.#bytes -= data.length;
    return { stream: first.stream, data };
  }

  #resume(): void {
    this.#paused = false;
    this.#flow.resume();
  }
}

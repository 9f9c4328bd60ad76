import { abortable } from "@nanoclaw/sandbox/adapter";

/** One time that something is read, for all who have asked for it before it began. */
interface Turn<T> {
  readonly controller: AbortController;
  readonly result: Promise<T>;
  waiting: number;
}

/**
 * Reads for several callers at once. Who asks gets what was read from then on, never what was begun before: he waits
 * for the one under way to end, and shares the next with all others who wait.
 */
export class SharedRead<T> {
  readonly #read: (signal: AbortSignal) => Promise<T>;
  #running: Turn<T> | undefined;
  #next: Turn<T> | undefined;

  constructor(read: (signal: AbortSignal) => Promise<T>) {
    this.#read = read;
  }

  /** Rejects with the signal's reason, or with the failure of the read. One that nobody waits for any more is ended. */
  async join(signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    // All who waited for the next one may have given up before it began.
    if (!this.#next || this.#next.controller.signal.aborted) this.#next = this.#turn();
    const turn = this.#next;
    turn.waiting++;
    try {
      return await abortable(turn.result, signal);
    } finally {
      turn.waiting--;
      if (turn.waiting === 0) turn.controller.abort(new Error("Nobody waits for it any more."));
    }
  }

  #turn(): Turn<T> {
    const controller = new AbortController();
    const before = Promise.allSettled([this.#running?.result]);
    const begin = async (): Promise<T> => {
      await before;
      controller.signal.throwIfAborted();
      this.#running = turn;
      this.#next = undefined;
      try {
        return await this.#read(controller.signal);
      } finally {
        this.#running = undefined;
      }
    };
    const turn: Turn<T> = { controller, result: begin(), waiting: 0 };
    turn.result.catch(() => undefined);
    return turn;
  }
}

/** How long an aborted call may take to be answered before it is left to `remove`, in milliseconds. */
const patienceMs = 1_000;

interface Call {
  readonly settled: Promise<unknown>;
  giveUp(reason: unknown): void;
}

/**
 * Calls that the engine carries out whether or not anybody waits for the answer: to create and to start. An
 * abort does not cut them off, as nobody would know then what they have made. It waits a little, and a removal
 * of the same sandbox waits for them in any case.
 */
export class UnfinishedCalls {
  readonly #calls = new Map<string, Call>();

  /** Rejects with the signal's reason, a little later if the engine takes its time. One call for each id at a time. */
  async run<T>(id: string, signal: AbortSignal, make: (signal: AbortSignal) => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    const own = new AbortController();
    const call = make(own.signal);
    const settled = call.then(
      () => undefined,
      () => undefined,
    );
    const entry: Call = { settled, giveUp: (reason) => own.abort(reason) };
    this.#calls.set(id, entry);
    void settled.then(() => {
      if (this.#calls.get(id) === entry) this.#calls.delete(id);
    });
    await first(settled, signal, 0);
    if (!signal.aborted) return call;
    await first(settled, undefined, patienceMs);
    throw signal.reason;
  }

  /** Returns when no call for this sandbox is under way. Rejects with the signal's reason, and cuts it off then. */
  async wait(id: string, signal: AbortSignal): Promise<void> {
    const call = this.#calls.get(id);
    if (!call) return;
    await first(call.settled, signal, 0);
    if (!signal.aborted) return;
    call.giveUp(signal.reason);
    throw signal.reason;
  }
}

/** Returns at the first of: settled, aborted, time over (0: no limit). */
function first(settled: Promise<unknown>, signal: AbortSignal | undefined, timeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = timeoutMs > 0 ? setTimeout(done, timeoutMs) : undefined;
    function done(): void {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    }
    void settled.then(done);
    if (signal?.aborted) done();
    else signal?.addEventListener("abort", done, { once: true });
  });
}

/** How long an aborted call may take to be answered before it is left to `remove`, in milliseconds. */
const callerPatienceMs = 1_000;
/** How long `remove` waits for it before it cuts it off, in milliseconds. */
const removalPatienceMs = 2_000;

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
    await first(settled, undefined, callerPatienceMs);
    throw signal.reason;
  }

  /** Returns when no call for this sandbox is under way: it was answered, or cut off. */
  async end(id: string, signal: AbortSignal): Promise<void> {
    const call = this.#calls.get(id);
    if (!call) return;
    await first(call.settled, signal, removalPatienceMs);
    call.giveUp(new Error("The engine did not answer."));
    signal.throwIfAborted();
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

/**
 * A signal that is aborted by another one, with its reason, or when a time has passed. `AbortSignal.any` of that one and
 * `AbortSignal.timeout` is no substitute: Node 20 collects a timeout that only such a signal knows, and it never fires.
 */
export class TimeLimit implements Disposable {
  readonly signal: AbortSignal;
  readonly #release: () => void;
  #passed = false;

  constructor(outer: AbortSignal, timeoutMs: number) {
    const controller = new AbortController();
    this.signal = controller.signal;
    const timer = setTimeout(() => {
      this.#passed = true;
      controller.abort(new Error(`${timeoutMs} ms have passed.`));
    }, timeoutMs);
    const abort = (): void => controller.abort(outer.reason);
    this.#release = () => {
      clearTimeout(timer);
      outer.removeEventListener("abort", abort);
    };
    if (outer.aborted) abort();
    else outer.addEventListener("abort", abort, { once: true });
  }

  /** Whether it was the time that aborted the signal. */
  get passed(): boolean {
    return this.#passed;
  }

  [Symbol.dispose](): void {
    this.#release();
  }
}

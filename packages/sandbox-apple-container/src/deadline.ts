/**
 * A signal that is aborted by another one, or when a time has passed. `AbortSignal.any` of that and of
 * `AbortSignal.timeout` is no substitute: Node 20 may collect the timeout before it fires, as nobody else holds it.
 */
export class Deadline implements Disposable {
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

  /** Whether it was the time that ended it. */
  get passed(): boolean {
    return this.#passed;
  }

  [Symbol.dispose](): void {
    this.#release();
  }
}

import { setMaxListeners } from "node:events";
import { SandboxError } from "../contract/error.js";
import { abortable } from "./abortable.js";

/** How long a call that was aborted may take to settle before it is left behind, in milliseconds. */
export const settleMs = 2_000;

export interface DeadlineOptions {
  /** Named in the error. */
  operation: string;
  /** Absent: no limit of time. */
  timeoutMs?: number;
  signal?: AbortSignal;
  /** Ends the work too, by its own reason: the end of the sandbox that is worked on. */
  over?: AbortSignal;
  /** How long the work may take to settle after an abort, in milliseconds. Default: 2 000. */
  settleMs?: number;
}

/** A signal that aborts with the error to reject with, by time or by the caller. */
export class Deadline implements Disposable {
  readonly signal: AbortSignal;
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #release: () => void;

  constructor({ operation, timeoutMs, signal, over }: DeadlineOptions) {
    this.signal = this.#controller.signal;
    // Whatever an adapter waits for listens to it, eleven things at once too.
    setMaxListeners(0, this.signal);
    const abort = (): void =>
      this.#controller.abort(
        new SandboxError("aborted", `${operation} was aborted.`, { operation, cause: signal?.reason }),
      );
    const end = (): void => this.#controller.abort(over?.reason);
    // Listeners that are taken away again: AbortSignal.any would leave a trace in `over` for each command.
    this.#release = () => {
      signal?.removeEventListener("abort", abort);
      over?.removeEventListener("abort", end);
    };
    signal?.addEventListener("abort", abort, { once: true });
    over?.addEventListener("abort", end, { once: true });
    if (over?.aborted) end();
    else if (signal?.aborted) abort();
    if (timeoutMs !== undefined) {
      this.#timer = setTimeout(() => {
        this.#controller.abort(
          new SandboxError("timeout", `${operation} took longer than ${timeoutMs} ms.`, { operation }),
        );
      }, timeoutMs);
    }
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#release();
  }
}

/**
 * Runs `work` under a deadline. After an abort the work has a moment to settle, so that nothing of it is still
 * under way when this rejects; work that does not heed the signal is left behind (G9).
 */
export async function withDeadline<T>(
  options: DeadlineOptions,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  using deadline = new Deadline(options);
  const { signal } = deadline;
  signal.throwIfAborted();
  const working = work(signal);
  try {
    return await abortable(working, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    const patience = AbortSignal.timeout(options.settleMs ?? settleMs);
    await abortable(working, patience).catch(() => undefined);
    throw signal.reason;
  }
}

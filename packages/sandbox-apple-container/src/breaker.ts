import { abortable, SandboxError } from "@nanoclaw/sandbox/adapter";
import { startServiceCommand } from "./failures.js";

/** After a test that failed no other is made for this time, in milliseconds. */
const restMs = 5_000;

/**
 * Keeps calls from waiting, one after the other, for an engine that does not answer (apple-container.md §11.2). After a
 * call without an answer the engine is tested by a short one before the next; while it fails that, calls fail at once.
 */
export class Breaker {
  readonly #test: () => Promise<unknown>;
  readonly #now: () => number;
  #suspect = false;
  #testing: Promise<void> | undefined;
  #failure: { readonly error: SandboxError; readonly at: number } | undefined;

  /** `test` has a deadline of its own. */
  constructor(test: () => Promise<unknown>, now: () => number = () => performance.now()) {
    this.#test = test;
    this.#now = now;
  }

  /** A call got no answer before its deadline. */
  trip(): void {
    this.#suspect = true;
  }

  /** Returns when a call may be made. Rejects with `engine_unavailable` when that would be in vain. */
  async pass(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (!this.#suspect) return;
    if (this.#failure && this.#now() - this.#failure.at < restMs) throw this.#failure.error;
    this.#testing ??= this.#makeTest().finally(() => {
      this.#testing = undefined;
    });
    await abortable(this.#testing, signal);
  }

  async #makeTest(): Promise<void> {
    try {
      await this.#test();
      this.#suspect = false;
      this.#failure = undefined;
    } catch (cause) {
      const error = new SandboxError("engine_unavailable", "container has stopped answering.", {
        cause,
        hint: `Look at it: container system status. If it stays so: container system stop; ${startServiceCommand}`,
      });
      this.#failure = { error, at: this.#now() };
      throw error;
    }
  }
}

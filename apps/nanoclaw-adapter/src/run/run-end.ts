/** Why a run was ended from outside. */
export type Ending =
  | { readonly why: "aborted" }
  | { readonly why: "killed" }
  | { readonly why: "run" | "idle"; readonly limitMs: number }
  | { readonly why: "failed"; readonly error: unknown };

/** Ends a run once: by whichever comes first of its limits, an abort, and a fault. */
export class RunEnd {
  readonly #controller = new AbortController();
  readonly #timers = new Map<"run" | "idle", NodeJS.Timeout>();
  #ending: Ending | undefined;

  /** Aborted with the run. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get ending(): Ending | undefined {
    return this.#ending;
  }

  end(ending: Ending): void {
    if (this.#ending) return;
    this.#ending = ending;
    this.stop();
    this.#controller.abort();
  }

  /** Starts the limit, or starts it again. */
  restart(why: "run" | "idle", limitMs: number): void {
    clearTimeout(this.#timers.get(why));
    if (this.#ending) return;
    this.#timers.set(
      why,
      setTimeout(() => this.end({ why, limitMs }), limitMs),
    );
  }

  /** No limit ends it any more. */
  stop(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }
}

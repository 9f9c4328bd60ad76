/** Between two questions, in milliseconds. */
const beatMs = 2_000;
/** Unanswered questions in a row after which a sandbox counts as lost. A laptop that slept misses one at most. */
const misses = 7;

/** Asks, while something is awaited, whether the other side still answers. */
export class Heartbeat {
  readonly #ask: () => Promise<void>;
  readonly #onDead: () => void;
  #awaited = 0;
  #missed = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(ask: () => Promise<void>, onDead: () => void) {
    this.#ask = ask;
    this.#onDead = onDead;
  }

  begin(): void {
    this.#awaited++;
    this.#timer ??= setInterval(() => this.#beat(), beatMs).unref();
  }

  end(): void {
    this.#awaited--;
    // The timer runs on for one more beat: commands follow each other closely, and timers are not free.
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #beat(): void {
    if (this.#awaited === 0) {
      this.#missed = 0;
      this.stop();
      return;
    }
    if (this.#missed >= misses) {
      this.stop();
      this.#onDead();
      return;
    }
    this.#missed++;
    this.#ask().then(
      () => {
        this.#missed = 0;
      },
      // The lane has ended: that is told in its own way.
      () => undefined,
    );
  }
}

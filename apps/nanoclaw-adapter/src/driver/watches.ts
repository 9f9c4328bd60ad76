import type { SessionEvent, SessionKey, SessionWatch } from "./contract.js";
import { keyWord } from "./labels.js";

/** Between two looks at sandboxes of others, in milliseconds. Those of this program tell their end themselves. */
const lookMs = 3_000;
const longestMs = 60_000;

interface Watched {
  readonly key: SessionKey;
  /** False once it has ended. Rejects while the engine does not answer. */
  readonly lives: () => Promise<boolean>;
}

type Listener = (event: SessionEvent) => void;

/**
 * Who wants to hear of an installation's sessions. What this program runs is told at once; what it has only found is
 * looked at now and then, for as long as there is any and somebody listens, and less often while an engine does not answer.
 */
export class Watches {
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #watched = new Map<string, Watched>();
  readonly #lookMs: number;
  #timer: NodeJS.Timeout | undefined;
  #waitMs: number;

  constructor(everyMs = lookMs) {
    this.#lookMs = everyMs;
    this.#waitMs = everyMs;
  }

  listen(installSlug: string, listener: Listener): SessionWatch {
    // Each call is one subscription, even of the same function.
    const own: Listener = (event) => listener(event);
    const listeners = this.#listeners.get(installSlug) ?? new Set();
    this.#listeners.set(installSlug, listeners.add(own));
    this.#schedule();
    return {
      stop: () => {
        listeners.delete(own);
        if (listeners.size === 0 && this.#listeners.get(installSlug) === listeners) {
          this.#listeners.delete(installSlug);
        }
      },
    };
  }

  tell(event: SessionEvent): void {
    for (const listener of this.#listeners.get(event.key.installSlug) ?? []) {
      try {
        listener(event);
      } catch (error) {
        // A listener's fault is its own: the others hear it all the same.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  /** A session that was found, and whose end nobody tells. */
  watch(watched: Watched): void {
    this.#watched.set(keyWord(watched.key), watched);
    this.#schedule();
  }

  forget(key: SessionKey): void {
    this.#watched.delete(keyWord(key));
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#watched.size === 0 || this.#listeners.size === 0) return;
    this.#timer = setTimeout(() => void this.#look(), this.#waitMs).unref();
  }

  async #look(): Promise<void> {
    let answered = true;
    for (const [word, { key, lives }] of [...this.#watched]) {
      try {
        if (await lives()) continue;
        this.#watched.delete(word);
        this.tell({ key, kind: "terminal" });
      } catch {
        // Unknown is not ended.
        answered = false;
      }
    }
    this.#waitMs = answered ? this.#lookMs : Math.min(this.#waitMs * 2, longestMs);
    this.#timer = undefined;
    this.#schedule();
  }
}

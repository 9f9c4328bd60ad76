import type { Ticket } from "./ticket.js";

/** So long a process may leave a free place that is its turn. In milliseconds. */
const PATIENCE_MS = 10_000;

/**
 * Waiting processes begin by themselves. One that was stopped (SIGSTOP, a suspended terminal) does not, and is alive: after
 * a while the others go on without it. It takes its turn when it wakes up.
 */
export class Sleepers {
  readonly #ready = new Map<string, number>();

  /** Those that were seen ready to begin, and did not. */
  note(ready: readonly Ticket[], waiting: readonly Ticket[]): void {
    const now = performance.now();
    for (const { id } of ready) if (!this.#ready.has(id)) this.#ready.set(id, now);
    const there = new Set(waiting.map(({ id }) => id));
    const stillReady = new Set(ready.map(({ id }) => id));
    for (const [id, since] of this.#ready) {
      const asleep = now - since >= PATIENCE_MS;
      if (!there.has(id) || !(asleep || stillReady.has(id))) this.#ready.delete(id);
    }
  }

  awake(waiting: readonly Ticket[]): Ticket[] {
    const now = performance.now();
    return waiting.filter(({ id }) => now - (this.#ready.get(id) ?? now) < PATIENCE_MS);
  }
}

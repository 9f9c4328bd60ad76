import type { EndRecord } from "./outcome.js";
import type { Places } from "./places.js";
import type { Slot } from "./slot.js";
import type { Ticket } from "./ticket.js";

/** A place that this process holds. */
export class Place implements Slot {
  readonly queuedMs: number;
  readonly #places: Places;
  readonly #ticket: Ticket;
  readonly #afterwards: () => Promise<void>;
  readonly #startedAt = performance.now();
  #ended = false;

  constructor(places: Places, ticket: Ticket, queuedMs: number, afterwards: () => Promise<void>) {
    this.#places = places;
    this.#ticket = ticket;
    this.queuedMs = queuedMs;
    this.#afterwards = afterwards;
  }

  end(outcome: Parameters<Slot["end"]>[0]): Promise<void> {
    return this.#end(outcome);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end("lost");
  }

  async #end(outcome: EndRecord["outcome"]): Promise<void> {
    if (this.#ended) return;
    const { id, installation, runtime } = this.#ticket;
    const runMs = outcome === "lost" ? 0 : performance.now() - this.#startedAt;
    const record: EndRecord = { id, installation, runtime, outcome, queuedMs: this.queuedMs, runMs };
    if (!this.#places.end("running", record)) this.#places.addRecord(record);
    this.#ended = true;
    await this.#afterwards();
  }
}

import type { Place } from "./place.js";
import type { Ticket } from "./ticket.js";

/** A run of this process on its way to a place. */
export class Entry {
  readonly ticket: Ticket;
  readonly beganAt: number;
  /** Settles with the place, or when the queue itself fails. */
  readonly place: Promise<Place>;
  resolve: (place: Place) => void = () => undefined;
  reject: (error: unknown) => void = () => undefined;

  constructor(ticket: Ticket, beganAt: number) {
    this.ticket = ticket;
    this.beganAt = beganAt;
    this.place = new Promise<Place>((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // Whoever waits hears of it; whoever has gone need not.
    this.place.catch(() => undefined);
  }

  get waitedMs(): number {
    return performance.now() - this.beganAt;
  }
}

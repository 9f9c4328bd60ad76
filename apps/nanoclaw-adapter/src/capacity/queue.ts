import { randomUUID } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import { abortable, TimeLimit } from "@nanoclaw/sandbox/adapter";
import type { Installation } from "../installation.js";
import { RECORDS_TO_FOLD } from "../metrics/history.js";
import { checkNeed, checkTimeout } from "./check.js";
import { demandsOf } from "./demand.js";
import { Entry } from "./entry.js";
import type { CompleteLimits } from "./limits.js";
import { LimitsFile } from "./limits-file.js";
import type { QueueOutcome } from "./outcome.js";
import { Place } from "./place.js";
import { beyondLimits, type Plan, planStarts } from "./plan.js";
import { aborted, neverMet, queueTimeout } from "./refusal.js";
import { Sleepers } from "./sleepers.js";
import type { Capacity, Need, Slot } from "./slot.js";
import { openStore, type Store, type StoreOptions, takeOutLost } from "./store.js";
import { groupOf, type Ticket } from "./ticket.js";
import { served } from "./turns.js";
import { DirectoryWatch } from "./watch.js";

/**
 * The queue as one process takes part in it. What is true is on disk; here are only the promises of those who wait. Each
 * process lets its own runs begin, by the same plan that all others make of the same files, and under the lock.
 */
export class Queue implements Capacity {
  readonly #installation: Installation;
  readonly #limits: CompleteLimits;
  readonly #options: StoreOptions;
  readonly #limitsFile: LimitsFile;
  readonly #entries = new Map<string, Entry>();
  /** Those that have their place. */
  readonly #begun = new WeakSet<Entry>();
  readonly #sleepers = new Sleepers();
  #entering: Entry[] = [];
  #entrance: Promise<void> | undefined;
  #search: Promise<void> | undefined;
  #store: Promise<Store> | undefined;
  #watch: DirectoryWatch | undefined;
  #looking = false;
  #lookAgain = false;

  constructor(installation: Installation, limits: CompleteLimits, options: StoreOptions) {
    this.#installation = installation;
    this.#limits = limits;
    this.#options = options;
    this.#limitsFile = new LimitsFile(installation.stateDirectory);
  }

  async admit(
    need: Need,
    options: { readonly timeoutMs: number; readonly signal?: AbortSignal },
  ): Promise<Slot> {
    const { timeoutMs, signal = new AbortController().signal } = options;
    const beganAt = performance.now();
    checkNeed(need);
    checkTimeout(timeoutMs);
    if (signal.aborted) throw aborted(signal.reason);
    const store = await this.#open();
    const demands = demandsOf(need, this.#limits, store.installation);
    const beyond = beyondLimits(demands);
    if (beyond.length > 0) throw neverMet(need, beyond);
    store.places.prepare();
    this.#limitsFile.write(this.#limits);
    await this.#addUp(store, 4 * RECORDS_TO_FOLD);
    await this.#takeOutLost(store);
    const ticket: Ticket = {
      id: randomUUID(),
      sequence: 0,
      installation: store.installation,
      root: this.#installation.root,
      folder: need.folder,
      runtime: need.runtime,
      demands,
      owner: store.owner,
      since: Date.now(),
    };
    const entry = new Entry(ticket, beganAt);
    try {
      await this.#enter(store, entry, signal);
      return await this.#wait(store, entry, timeoutMs, signal);
    } finally {
      this.#entries.delete(entry.ticket.id);
      this.#watchWhileNeeded(store);
    }
  }

  #open(): Promise<Store> {
    this.#store ??= openStore(this.#installation, this.#options);
    this.#store.catch(() => {
      this.#store = undefined;
    });
    return this.#store;
  }

  /** Takes its turn at the end of the queue, and its place where one is free. All that come at the same time enter together. */
  async #enter(store: Store, entry: Entry, signal: AbortSignal): Promise<void> {
    this.#entering.push(entry);
    this.#entrance ??= this.#enterAll(store);
    try {
      await abortable(this.#entrance, signal);
    } catch (error) {
      const index = this.#entering.indexOf(entry);
      if (index >= 0) this.#entering.splice(index, 1);
      // One that has entered meanwhile leaves like any that waits.
      else if (this.#entries.has(entry.ticket.id) || this.#begun.has(entry)) return;
      throw signal.aborted ? aborted(signal.reason) : error;
    }
  }

  async #enterAll(store: Store): Promise<void> {
    const { places, lock } = store;
    let batch: Entry[] = [];
    try {
      await lock.alone(() => {
        batch = this.#entering.splice(0);
        this.#entrance = undefined;
        const turns = places.turns();
        const there = [...places.waiting(), ...places.running()].map(({ sequence }) => sequence);
        let sequence = there.reduce((most, each) => Math.max(most, each), turns.sequence);
        places.saveTurns({ ...turns, sequence: sequence + batch.length });
        for (const entry of batch) {
          sequence += 1;
          places.add({ ...entry.ticket, sequence });
          this.#entries.set(entry.ticket.id, entry);
        }
        this.#begin(store);
      });
    } catch (error) {
      // Before the lock was had they all wait still, and hear of it by this promise.
      if (batch.length === 0) this.#entrance = undefined;
      for (const entry of batch)
        if (this.#entries.has(entry.ticket.id)) this.#leave(store, entry, "queue-aborted");
      throw error;
    }
  }

  async #wait(store: Store, entry: Entry, timeoutMs: number, signal: AbortSignal): Promise<Slot> {
    const restMs = Math.max(0, timeoutMs - entry.waitedMs);
    using limit = new TimeLimit(signal, Math.min(restMs, 2 ** 31 - 1));
    this.#watchWhileNeeded(store);
    try {
      // A change between entering and watching is seen by this look.
      if (this.#entries.has(entry.ticket.id)) void this.#look(store);
      return await abortable(entry.place, limit.signal);
    } catch (error) {
      if (this.#entries.has(entry.ticket.id)) {
        const { places } = store;
        const plan = this.#plan(store);
        const running = places.running();
        this.#leave(store, entry, limit.passed ? "queue-timeout" : "queue-aborted");
        if (limit.passed) throw queueTimeout(entry.ticket, timeoutMs, plan, running);
        throw signal.aborted ? aborted(signal.reason) : error;
      }
      // The place came in the same moment, or the queue failed.
      const place = await entry.place;
      if (!signal.aborted) return place;
      await place.end("aborted");
      throw aborted(signal.reason);
    }
  }

  #leave({ places }: Store, { ticket, waitedMs }: Entry, outcome: QueueOutcome): void {
    this.#entries.delete(ticket.id);
    places.end("waiting", { ...ticket, outcome, queuedMs: waitedMs, runMs: 0 });
  }

  #plan({ places }: Store): Plan {
    return planStarts(places.running(), this.#sleepers.awake(places.waiting()), places.turns());
  }

  /** Whoever of this process has a place now gets it. Only under the lock. */
  #begin(store: Store): void {
    const { places } = store;
    let turns = places.turns();
    for (const ticket of this.#plan(store).starts) {
      const entry = this.#entries.get(ticket.id);
      if (!entry) continue;
      const queuedMs = entry.waitedMs;
      turns = served(turns, groupOf(ticket));
      places.saveTurns(turns);
      places.start(ticket.id, queuedMs);
      this.#entries.delete(ticket.id);
      this.#begun.add(entry);
      entry.resolve(new Place(places, ticket, queuedMs, () => this.#tidyUp(store)));
    }
  }

  /** After a change: looks whether it is the turn of anyone here. Many changes at once are one. */
  async #look(store: Store, careful = false): Promise<void> {
    this.#lookAgain = true;
    if (this.#looking) return;
    this.#looking = true;
    try {
      if (careful) await this.#takeOutLost(store);
      while (this.#lookAgain && this.#entries.size > 0) {
        this.#lookAgain = false;
        const { starts } = this.#plan(store);
        const others = starts.filter(({ id }) => !this.#entries.has(id));
        this.#sleepers.note(others, store.places.waiting());
        if (others.length < starts.length) await store.lock.alone(() => this.#begin(store));
        await nextTurn();
      }
    } catch (error) {
      for (const entry of [...this.#entries.values()]) entry.reject(error);
    } finally {
      this.#looking = false;
    }
  }

  #watchWhileNeeded(store: Store): void {
    if (this.#entries.size === 0) {
      this.#watch?.close();
      this.#watch = undefined;
    } else if (!this.#watch) {
      const { places } = store;
      this.#watch = new DirectoryWatch(
        [places.path("running"), places.path("waiting")],
        () => void this.#look(store),
        () => void this.#look(store, true),
      );
    }
  }

  /** A run has ended as it ended, whatever becomes of the figures: when they never can be added up, `admit` refuses. */
  async #tidyUp(store: Store): Promise<void> {
    try {
      await this.#addUp(store, RECORDS_TO_FOLD);
    } catch (error) {
      this.#options.onWarning?.(`The figures could not be added up: ${(error as Error).message}`);
    }
  }

  /** Adds the end records up once there are as many. */
  async #addUp(store: Store, count: number): Promise<void> {
    if (store.history.recordCount < count) return;
    await store.lock.alone(() => store.history.fold());
  }

  /** One search at a time is enough for all that ask. */
  #takeOutLost(store: Store): Promise<void> {
    this.#search ??= takeOutLost(store).finally(() => {
      this.#search = undefined;
    });
    return this.#search;
  }
}

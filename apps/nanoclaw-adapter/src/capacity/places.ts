import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type EndRecord, nameOfRecord } from "./outcome.js";
import { inState, isCode, stateFailure } from "./state-failure.js";
import { parseTicket, type Ticket } from "./ticket.js";
import { noTurns, parseTurns, type Turns } from "./turns.js";

const directories = ["waiting", "running", "ended", "writing", "damaged", "lock"] as const;
type Directory = (typeof directories)[number];

/** A ticket that has its place. */
export interface RunningTicket extends Ticket {
  readonly queuedMs: number;
  /** Milliseconds since the epoch, for people. */
  readonly startedAt: number;
}

/**
 * The queue of one user on one machine, on disk. A ticket is a file that comes into being whole, and goes from `waiting`
 * to `running` to `ended` by renaming it: each step happens or does not, however a process ends, and when two processes
 * try the same step one of them finds nothing. What is added is added under the lock; an end needs no lock.
 */
export class Places {
  readonly directory: string;
  readonly #onWarning: (warning: string) => void;
  /** Tickets never change. By id. */
  readonly #known = new Map<string, Ticket>();

  constructor(directory: string, onWarning: (warning: string) => void) {
    this.directory = directory;
    this.#onWarning = onWarning;
  }

  /** @throws SandboxError when the directory cannot be made. */
  prepare(): void {
    inState(this.directory, () => {
      for (const each of directories) mkdirSync(this.path(each), { recursive: true, mode: 0o700 });
    });
  }

  path(directory: Directory): string {
    return join(this.directory, directory);
  }

  waiting(): Ticket[] {
    const running = new Set(this.#names("running").map(idOf));
    return this.#tickets("waiting").flatMap(({ ticket }) => (running.has(ticket.id) ? [] : [ticket]));
  }

  /** In the order in which they were asked for. */
  running(): RunningTicket[] {
    const running = this.#tickets("running").map(({ name, ticket }) => {
      const [, queued, started] = name.split("~");
      return { ...ticket, queuedMs: Number(queued) || 0, startedAt: Number(started) || ticket.since };
    });
    return running.sort((a, b) => a.sequence - b.sequence);
  }

  /** Only under the lock. */
  add(ticket: Ticket): void {
    this.#write("waiting", ticket.id, JSON.stringify(ticket));
    this.#known.set(ticket.id, ticket);
  }

  /** From `waiting` to `running`. Only under the lock. */
  start(id: string, queuedMs: number): void {
    const name = [id, Math.round(queuedMs), Date.now()].join("~");
    inState(this.directory, () =>
      renameSync(join(this.path("waiting"), id), join(this.path("running"), name)),
    );
  }

  /** Whether it was there: of all who end the same ticket only one is told so. */
  end(directory: "waiting" | "running", record: EndRecord): boolean {
    return inState(this.directory, () => {
      const name = this.#names(directory).find((each) => idOf(each) === record.id);
      if (name === undefined) return false;
      try {
        renameSync(join(this.path(directory), name), join(this.path("ended"), nameOfRecord(record)));
        return true;
      } catch (error) {
        if (isCode(error, "ENOENT")) return false;
        throw error;
      }
    });
  }

  /** An end whose ticket was moved aside. */
  addRecord(record: EndRecord): void {
    inState(this.directory, () => writeFileSync(join(this.path("ended"), nameOfRecord(record)), ""));
  }

  /** Names of the end records of one installation, or of all. */
  ended(installation?: string): string[] {
    return this.#names("ended").filter((name) => !installation || name.split("~")[1] === installation);
  }

  /** What was moved aside, for people to look at. */
  damaged(): string[] {
    return this.#names("damaged").map((name) => join(this.path("damaged"), name));
  }

  turns(): Turns {
    const file = join(this.directory, "turns");
    try {
      const turns = parseTurns(readFileSync(file, "utf8"));
      if (turns) return turns;
    } catch (error) {
      if (isCode(error, "ENOENT")) return noTurns;
      if (!isCode(error, "EISDIR")) throw stateFailure(this.directory, error);
    }
    this.setAside(file);
    return noTurns;
  }

  /** Only under the lock. */
  saveTurns(turns: Turns): void {
    this.#write(".", "turns", JSON.stringify(turns));
  }

  /** What nobody can read must not stop the queue. */
  setAside(file: string): void {
    const aside = join(this.path("damaged"), `${Date.now()}-${randomUUID().slice(0, 8)}`);
    try {
      renameSync(file, aside);
    } catch (error) {
      // Whoever was faster has told it.
      if (isCode(error, "ENOENT")) return;
      throw stateFailure(this.directory, error);
    }
    this.#onWarning(`${file} could not be read. It is now ${aside}, and the queue goes on without it.`);
  }

  /** Only under the lock, and so whatever is there is left over from a process that ended in the middle of it. */
  #write(directory: Directory | ".", name: string, text: string): void {
    const writing = this.path("writing");
    inState(this.directory, () => {
      for (const left of readdirSync(writing)) rmSync(join(writing, left), { recursive: true, force: true });
      writeFileSync(join(writing, name), text, { mode: 0o600 });
      renameSync(join(writing, name), join(this.directory, directory, name));
    });
  }

  #names(directory: Directory): string[] {
    try {
      return readdirSync(this.path(directory));
    } catch (error) {
      if (isCode(error, "ENOENT")) return [];
      throw stateFailure(this.directory, error);
    }
  }

  #tickets(directory: "waiting" | "running"): { name: string; ticket: Ticket }[] {
    return this.#names(directory).flatMap((name) => {
      const ticket = this.#known.get(idOf(name)) ?? this.#read(directory, name);
      return ticket ? [{ name, ticket }] : [];
    });
  }

  #read(directory: "waiting" | "running", name: string): Ticket | undefined {
    const file = join(this.path(directory), name);
    let text = "";
    try {
      text = readFileSync(file, "utf8");
    } catch (error) {
      if (isCode(error, "ENOENT")) return undefined;
      if (!isCode(error, "EISDIR")) throw stateFailure(this.directory, error);
    }
    const ticket = parseTicket(text);
    if (ticket?.id === idOf(name)) {
      if (this.#known.size > 10_000) this.#known.clear();
      this.#known.set(ticket.id, ticket);
      return ticket;
    }
    this.setAside(file);
    return undefined;
  }
}

function idOf(name: string): string {
  return name.split("~")[0] ?? "";
}

import { setTimeout as delay } from "node:timers/promises";
import { SandboxError } from "../contract/error.js";
import type { ProcessSpec, RawProcess, TerminalSize } from "../contract/process.js";
import { abortable } from "./abortable.js";
import { Lane } from "./lane.js";
import { laneCommand } from "./main-shell.js";
import type { Running } from "./running.js";

/** Granted to a command to begin before it is looked for again, in milliseconds. */
const beginMs = 5;
/** Lanes of one user that are being opened at the same time. */
const openingLimit = 8;
/** Idle lanes kept for each user; more are closed. */
const idleLimit = 8;

export interface LanesOptions {
  /** Opens a process in the guest by the engine's own means. */
  spawn(spec: ProcessSpec, signal: AbortSignal): Promise<RawProcess>;
  shell: string;
  secrets: Readonly<Record<string, string>>;
  /** Aborted when the sandbox is lost or destroyed, with the reason. */
  signal: AbortSignal;
}

/** The lanes of one user of the guest. */
interface Pool {
  readonly lanes: Set<Lane>;
  /** Those who wait for a free lane, first come first. */
  readonly waiting: { take(lane: Lane): void; fail(error: unknown): void }[];
  opening: number;
}

/** Gives each command a shell to run in, and keeps some ready. */
export class Lanes {
  readonly #options: LanesOptions;
  readonly #pools = new Map<string, Pool>();

  constructor(options: LanesOptions) {
    this.#options = options;
  }

  /** Adds the lane that is the sandbox's main process. */
  addMain(lane: Lane): void {
    this.#closeWithSandbox(lane);
    this.#add(this.#pool(undefined), lane);
  }

  /** A free lane, for a command that needs no standard input. The caller gives it back by `release`. */
  async acquire(user: string | undefined, signal: AbortSignal): Promise<Lane> {
    const pool = this.#pool(user);
    return this.#take(pool, false) ?? (await this.#wait(pool, user, false, signal));
  }

  /** A lane that ends with the command it is given. Another one is opened ahead of need. */
  async acquireOwn(user: string | undefined, signal: AbortSignal): Promise<Lane> {
    const pool = this.#pool(user);
    const lane = this.#take(pool, true) ?? (await this.#wait(pool, user, true, signal));
    pool.lanes.delete(lane);
    this.#openAhead(pool, user);
    return lane;
  }

  /** A lane on a terminal: always a new one. */
  async openTerminal(user: string | undefined, size: TerminalSize, signal: AbortSignal): Promise<Lane> {
    return await this.#open(user, signal, size);
  }

  release(user: string | undefined, lane: Lane): void {
    const pool = this.#pool(user);
    lane.taken = false;
    if (!lane.free) {
      this.#serve(pool, user);
      return;
    }
    const next = pool.waiting.shift();
    if (next) {
      lane.taken = true;
      next.take(lane);
      return;
    }
    const idle = [...pool.lanes].filter((each) => each.free && each.kind === "lane");
    if (idle.length > idleLimit && lane.kind === "lane") {
      pool.lanes.delete(lane);
      lane.quit();
    }
  }

  /** Kills the processes of a command and returns when they are gone. */
  async end(user: string | undefined, running: Running, signal: AbortSignal): Promise<void> {
    for (let stubborn = 0; stubborn < 5; ) {
      signal.throwIfAborted();
      const { over } = running;
      const lane = await this.#control(user, signal, { mayDrop: true });
      const { found, left } = await abortable(lane.end(running), signal);
      if (left.length === 0 && (found || over)) return;
      if (left.length > 0) stubborn++;
      else await this.#begun(running, signal);
    }
    throw new SandboxError("cleanup_failed", "Processes of a command in the sandbox could not be killed.", {
      hint: "Destroy the sandbox.",
    });
  }

  async signal(user: string | undefined, running: Running, name: string, signal: AbortSignal): Promise<void> {
    while (!running.over) {
      signal.throwIfAborted();
      // A command that is told to end may have more to say.
      const lane = await this.#control(user, signal, { mayDrop: false });
      if (await abortable(lane.signal(running, name), signal)) return;
      await this.#begun(running, signal);
    }
  }

  /** The lane has the command, and its processes are about to appear, or it is over. */
  async #begun(running: Running, signal: AbortSignal): Promise<void> {
    await Promise.race([running.ended.catch(() => undefined), delay(beginMs, undefined, { signal })]);
  }

  /** Every lane that can answer, to see whether the sandbox does and whether their workers live. */
  async ping(): Promise<void> {
    for (const pool of this.#pools.values()) {
      await Promise.all(
        [...pool.lanes].filter((lane) => lane.alive && !lane.blocked).map((lane) => lane.ping()),
      );
    }
  }

  /** A lane whose reader is at hand, be its worker busy or not. `mayDrop`: the output that holds one up is not needed. */
  async #control(
    user: string | undefined,
    signal: AbortSignal,
    { mayDrop }: { readonly mayDrop: boolean },
  ): Promise<Lane> {
    const pool = this.#pool(user);
    const alive = [...pool.lanes].filter((lane) => lane.alive);
    const at = alive.find((lane) => !lane.blocked) ?? (mayDrop ? alive[0] : undefined);
    if (at) {
      // With no other lane at hand, what the killed command has not been rid of yet is lost.
      if (at.blocked) at.drop();
      return at;
    }
    const lane = await this.#open(user, signal);
    this.#add(pool, lane);
    return lane;
  }

  #pool(user: string | undefined): Pool {
    let pool = this.#pools.get(user ?? "");
    if (!pool) {
      pool = { lanes: new Set(), waiting: [], opening: 0 };
      this.#pools.set(user ?? "", pool);
    }
    return pool;
  }

  #take(pool: Pool, own: boolean): Lane | undefined {
    for (const lane of pool.lanes) {
      if (!lane.free || (own && lane.kind === "main")) continue;
      lane.taken = true;
      return lane;
    }
    return undefined;
  }

  /** Whichever comes first: a lane given back, a dirty one found clean, or a new one. */
  async #wait(pool: Pool, user: string | undefined, own: boolean, signal: AbortSignal): Promise<Lane> {
    for (const lane of pool.lanes) {
      if (!lane.usable || (own && lane.kind === "main")) continue;
      if (lane.dirty) await abortable(lane.look(), signal);
      else if (own && lane.settling) await abortable(lane.settled, signal);
      else continue;
      if (!lane.free) continue;
      lane.taken = true;
      return lane;
    }
    if (own) return await this.#open(user, signal);
    return await new Promise<Lane>((resolve, reject) => {
      const leave = (): void => {
        signal.removeEventListener("abort", abort);
        const at = pool.waiting.indexOf(waiter);
        if (at >= 0) pool.waiting.splice(at, 1);
      };
      const abort = (): void => {
        leave();
        reject(signal.reason);
      };
      const waiter = {
        take: (lane: Lane) => {
          leave();
          resolve(lane);
        },
        fail: (error: unknown) => {
          leave();
          reject(error);
        },
      };
      signal.addEventListener("abort", abort, { once: true });
      pool.waiting.push(waiter);
      this.#serve(pool, user);
    });
  }

  /** Opens lanes for those who wait, a few at a time: many short commands are through before many lanes are open. */
  #serve(pool: Pool, user: string | undefined): void {
    const settling = [...pool.lanes].filter((lane) => lane.settling).length;
    while (pool.opening < Math.min(pool.waiting.length - settling, openingLimit)) {
      this.#openInto(pool, user, (error) => pool.waiting[0]?.fail(error));
    }
  }

  #openAhead(pool: Pool, user: string | undefined): void {
    // What is in its own lane can be ended only from another one of the same user.
    if (pool.opening > 0 || [...pool.lanes].some((lane) => lane.free && lane.kind === "lane")) return;
    // Nobody waits for it: the next command that needs a lane meets the same failure and tells it.
    this.#openInto(pool, user, () => undefined);
  }

  #openInto(pool: Pool, user: string | undefined, failed: (error: unknown) => void): void {
    pool.opening++;
    this.#open(user, this.#options.signal)
      .then(
        (lane) => {
          this.#add(pool, lane);
          this.release(user, lane);
        },
        (error: unknown) => failed(error),
      )
      .finally(() => {
        pool.opening--;
        this.#serve(pool, user);
      });
  }

  async #open(user: string | undefined, signal: AbortSignal, tty?: TerminalSize): Promise<Lane> {
    signal.throwIfAborted();
    const kind = tty ? "tty" : "lane";
    const argv = laneCommand(this.#options.shell, kind);
    const process = await this.#options.spawn({ argv, user, tty }, signal);
    const lane = await Lane.open(process, kind, this.#options.secrets, signal);
    this.#closeWithSandbox(lane);
    return lane;
  }

  #closeWithSandbox(lane: Lane): void {
    const { signal } = this.#options;
    const close = (): void => lane.close(signal.reason as SandboxError);
    if (signal.aborted) {
      close();
      return;
    }
    signal.addEventListener("abort", close, { once: true });
    void lane.ended.then(() => signal.removeEventListener("abort", close));
  }

  #add(pool: Pool, lane: Lane): void {
    pool.lanes.add(lane);
    void lane.ended.then(() => pool.lanes.delete(lane));
  }
}

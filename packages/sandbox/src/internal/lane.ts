import { randomBytes, randomInt } from "node:crypto";
import { SandboxError } from "../contract/error.js";
import type { OutputChunk, ProcessExit, RawProcess } from "../contract/process.js";
import type { CommandExit } from "./commands.js";
import { childWords, type LaneCommand, type LaneKind, printfFormat, word } from "./main-shell.js";
import { MessageScanner } from "./message-scanner.js";

/** Takes output as it comes. While it returns a promise that is pending, nothing more is read. */
export type Sink = (chunk: OutputChunk) => void | Promise<void>;

/** A command under way in a lane. */
export interface Running {
  /** Tells its processes from all others in the guest. */
  readonly mark: number;
  /** Set when the guest could not place the mark: the first process of the command. */
  readonly rootPid: number | undefined;
  /** How it ended. Rejects with `sandbox_lost` when that cannot be known any more. */
  readonly ended: Promise<CommandExit>;
  /** `ended` has settled. */
  readonly over: boolean;
  /** Settles, never rejects, a moment after `ended`: it is known whether the lane can take another command. */
  readonly left: Promise<void>;
  /** A signal that was sent on purpose, so that an exit with 128 + n is read as death by it. */
  noteSignal(signal: string): void;
}

interface Current extends Running {
  rootPid: number | undefined;
  readonly id: number;
  over: boolean;
  sink: Sink;
  readonly signals: Set<string>;
  cwdMissing: boolean;
  exit: CommandExit | undefined;
  stderrEnded: boolean;
  /** The lane has been looked over after its end. */
  looked: boolean;
  resolve(exit: CommandExit): void;
  reject(error: SandboxError): void;
  leave(): void;
}

/** Kept of what a shell says that does not start, in characters. */
const openingLength = 500;

/** Linux's numbers: the host's may be others. */
export const signalNames = (
  "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP " +
  "TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS"
).split(" ");

/** One shell in the guest, and the way of commands to it and of their output back. */
export class Lane {
  /** Settles, never rejects, when the lane has ended and says why. */
  readonly ended: Promise<SandboxError>;
  readonly kind: LaneKind;
  /** Set by who is about to run a command in it. */
  taken = false;
  readonly #process: RawProcess;
  readonly #secret = randomBytes(8).toString("hex");
  readonly #replies = new Map<
    number,
    { resolve(words: string[]): void; reject(error: SandboxError): void }
  >();
  #current: Current | undefined;
  /** Has ended, and what it left is being looked for. */
  #leaving: Current | undefined;
  #failure: SandboxError | undefined;
  #workerLost = false;
  #dirty = false;
  #blocked = false;
  #unblock: (() => void) | undefined;
  #beforeReady = "";
  /** What came before the shells answered: why they did not, if they do not. */
  #opening: string | undefined = "";
  #nextId = 1;

  private constructor(process: RawProcess, kind: LaneKind) {
    this.#process = process;
    this.kind = kind;
    // Errors of the pipe show as the end of the output, which is where they are told.
    process.stdin.on("error", () => undefined);
    process.exited.catch(() => undefined);
    this.ended = this.#pump().then(
      () => this.#fail(this.#shellEnded()),
      (error: unknown) =>
        this.#fail(
          SandboxError.is(error)
            ? error
            : new SandboxError("sandbox_lost", "The connection to the sandbox broke.", { cause: error }),
        ),
    );
  }

  /** Takes over a process that runs `laneCommand`, and waits until its shells answer. */
  static async open(
    process: RawProcess,
    kind: LaneKind,
    secrets: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Lane> {
    const lane = new Lane(process, kind);
    const give = (): void => lane.#dispose(signal.reason as SandboxError);
    signal.addEventListener("abort", give, { once: true });
    try {
      signal.throwIfAborted();
      if (kind === "tty") await lane.#reply(0);
      const exports = Object.entries(secrets).map(([name, value]) => `; export ${word(`${name}=${value}`)}`);
      const hello = lane.#reply(-1);
      lane.#write(`sb_secret=${lane.#secret}${exports.join("")}`);
      const [worker] = await hello;
      lane.#opening = undefined;
      lane.#write(`sb_worker=${Number(worker)}`);
      return lane;
    } catch (error) {
      lane.#dispose(new SandboxError("sandbox_lost", "The lane could not be opened."));
      throw error;
    } finally {
      signal.removeEventListener("abort", give);
    }
  }

  /** Ready for a command, and promised to nobody. */
  get free(): boolean {
    return !this.taken && this.#ready;
  }

  /** About to be free, or dirty. */
  get settling(): boolean {
    return this.#leaving !== undefined && this.usable;
  }

  /** Done when it is not settling any more. */
  get settled(): Promise<void> {
    return this.#leaving?.left ?? Promise.resolve();
  }

  /** Runs commands, though perhaps not now. */
  get usable(): boolean {
    return !this.#failure && !this.#workerLost;
  }

  /** Left by a command whose processes still hold the output. */
  get dirty(): boolean {
    return this.#dirty;
  }

  /** Nothing is read from it, answers neither, as who takes its output is slow. */
  get blocked(): boolean {
    return this.#blocked;
  }

  /** Answers, though perhaps without running commands. */
  get alive(): boolean {
    return !this.#failure;
  }

  /** Runs a command with an empty standard input, or with a short `input`. The lane must be free. */
  run(command: LaneCommand, sink: Sink, input?: Uint8Array): Running {
    const current = this.#begin(sink);
    const words = childWords(current.id, current.mark, command);
    const call = input?.length ? `sb_feed ${word(printfFormat(input))} ${words}` : `sb_run ${words}`;
    this.#write(`w ${current.mark} ${call}`);
    return current;
  }

  /**
   * Gives the lane to a command that reads `stdin`. The lane ends with it. Input may be written when `ready` is
   * done: before, a terminal has not got its modes back and would not echo it.
   */
  own(
    command: LaneCommand,
    sink: Sink,
  ): Running & { readonly stdin: RawProcess["stdin"]; readonly ready: Promise<unknown> } {
    const current = this.#begin(sink);
    const ready = this.kind === "tty" ? this.#reply(current.id) : Promise.resolve();
    this.#write(`sb_own ${childWords(current.id, current.mark, command)}`);
    return Object.assign(current, { stdin: this.#process.stdin, ready });
  }

  /**
   * Ends the processes of a command of any lane of the same user. `found`: there were any; a command that was
   * given to a lane a moment ago may have none yet. `left`: those that would not die.
   */
  async end(running: Running): Promise<{ found: boolean; left: number[] }> {
    const [rounds, ...left] = await this.#ask(
      (id) => `sb_end ${id} ${running.mark} '${running.rootPid ?? "-"}'`,
    );
    return { found: Number(rounds) > 0, left: left.map(Number) };
  }

  /** Sends a signal to the processes of a command. False when it has none yet. */
  async signal(running: Running, signal: string): Promise<boolean> {
    running.noteSignal(signal);
    const name = signal.replace(/^SIG/, "");
    const found = await this.#ask(
      (id) => `sb_signal ${id} ${running.mark} '${running.rootPid ?? "-"}' ${name}`,
    );
    return found.length > 0;
  }

  /** Reads on, and drops what its command still gives. */
  drop(): void {
    if (this.#current) this.#current.sink = () => undefined;
    this.#unblock?.();
  }

  /** Returns when the lane has answered. */
  async ping(): Promise<void> {
    await this.#ask((id) => `sb_ping ${id}`);
  }

  /** Main lane only: from now on the sandbox ends itself after this time and not with its owner. */
  async letGo(ttlMs: number): Promise<void> {
    await this.#ask((id) => `sb_ttl ${id} ${Math.max(1, Math.ceil(ttlMs / 1000))}`);
  }

  /** Looks again whether strays hold the output of a dirty lane. */
  async look(): Promise<void> {
    await this.#ask((id) => `w 0 sb_look ${id}`);
  }

  resize(size: { columns: number; rows: number }): Promise<void> {
    if (!this.#process.resize) {
      return Promise.reject(new SandboxError("adapter_fault", "The adapter gave a terminal without resize."));
    }
    return this.#process.resize(size);
  }

  /** Ends an idle lane and leaves everything else in the guest alone. */
  quit(): void {
    this.#write("sb_quit");
    this.#dispose(new SandboxError("sandbox_lost", "The lane was closed."));
  }

  /** Cuts the connection. What ran in the lane is lost, for the reason given. */
  close(reason: SandboxError): void {
    this.#dispose(reason);
  }

  #shellEnded(): SandboxError {
    if (!this.#opening) return new SandboxError("sandbox_lost", "The shell in the sandbox has ended.");
    if (/fork|resource temporarily/i.test(this.#opening)) return workerGaveUp();
    return new SandboxError(
      "sandbox_lost",
      `The shell in the sandbox could not start: ${this.#opening.trim()}`,
    );
  }

  get #ready(): boolean {
    return !this.#current && !this.#leaving && !this.#dirty && this.usable;
  }

  #begin(sink: Sink): Current {
    if (this.#failure) throw this.#failure;
    if (!this.#ready) throw new SandboxError("adapter_fault", "A lane was given a command while it had one.");
    const signals = new Set<string>();
    let leave = (): void => undefined;
    const left = new Promise<void>((resolve) => {
      leave = resolve;
    });
    let settle: Pick<Current, "resolve" | "reject"> | undefined;
    const ended = new Promise<CommandExit>((resolve, reject) => {
      settle = { resolve, reject };
    });
    ended.catch(() => undefined);
    const current: Current = {
      id: this.#nextId++,
      // Above any real limit and below what every shell can count.
      mark: randomInt(2 ** 32, 2 ** 47),
      rootPid: undefined,
      ended,
      left,
      over: false,
      sink,
      signals,
      noteSignal: (signal) => void signals.add(signal),
      cwdMissing: false,
      exit: undefined,
      stderrEnded: this.kind === "tty",
      looked: false,
      resolve: (exit) => {
        current.over = true;
        settle?.resolve(exit);
      },
      reject: (error) => {
        current.over = true;
        settle?.reject(error);
      },
      leave,
    };
    this.#current = current;
    return current;
  }

  #write(line: string): void {
    if (this.#process.stdin.writable) this.#process.stdin.write(`${line}\n`, "latin1");
  }

  #reply(id: number): Promise<string[]> {
    const reply = new Promise<string[]>((resolve, reject) => {
      if (this.#failure) reject(this.#failure);
      else this.#replies.set(id, { resolve, reject });
    });
    reply.catch(() => undefined);
    return reply;
  }

  #ask(line: (id: number) => string): Promise<string[]> {
    const id = this.#nextId++;
    const reply = this.#reply(id);
    this.#write(line(id));
    return reply;
  }

  async #pump(): Promise<void> {
    const stdout = new MessageScanner(this.#secret, (words) => this.#onMessage(words));
    const stderr = new MessageScanner(this.#secret, (words) => this.#onStderrMessage(words));
    let waiting: Promise<void>[] = [];
    const give =
      (stream: OutputChunk["stream"]) =>
      (data: Buffer): void => {
        if (this.#opening !== undefined) this.#opening = `${this.#opening}${data}`.slice(0, openingLength);
        const wait =
          this.#current?.exit && stream === "stdout" ? undefined : this.#current?.sink({ stream, data });
        if (wait) waiting.push(wait);
      };
    const onStdout = give("stdout");
    const onStderr = give("stderr");
    for await (const { stream, data } of this.#process.output) {
      if (stream === "stderr") stderr.push(data, onStderr);
      else stdout.push(this.kind === "tty" ? this.#withoutReady(data) : data, onStdout);
      if (waiting.length > 0) {
        this.#blocked = true;
        const dropped = new Promise<void>((resolve) => {
          this.#unblock = resolve;
        });
        await Promise.race([Promise.all(waiting), dropped]);
        this.#blocked = false;
        waiting = [];
      }
    }
    stdout.end(onStdout);
    stderr.end(onStderr);
  }

  /** A terminal says when it has stopped echoing, before anything secret is written to it. */
  #withoutReady(data: Uint8Array): Uint8Array {
    const ready = this.#replies.get(0);
    if (!ready) return data;
    this.#beforeReady += Buffer.from(data).toString("latin1");
    if (!this.#beforeReady.includes("\0ready\0")) return new Uint8Array();
    this.#replies.delete(0);
    ready.resolve([]);
    return new Uint8Array();
  }

  #onMessage(text: string): void {
    const [kind, id, ...words] = text.split(" ");
    const current = this.#current;
    switch (kind) {
      case "h":
        this.#answer(-1, [id ?? ""]);
        return;
      case "l":
        this.#dirty = words[0] !== "clean";
        if (current?.id === Number(id)) current.looked = true;
        if (this.#leaving?.id === Number(id)) this.#leave();
        this.#answer(Number(id), []);
        return;
      case "a":
      case "o":
      case "k":
        this.#answer(
          Number(id),
          words.filter((each) => each !== ""),
        );
        return;
      case "w":
        this.#workerLost = true;
        this.#abandon(id === "killed" ? workerKilled() : workerGaveUp());
        return;
    }
    if (!current || Number(id) !== current.id) return;
    if (kind === "c") current.cwdMissing = true;
    if (kind === "p") current.rootPid = Number(words[0]);
    if (kind === "e") {
      const [code, kills, ...message] = words;
      current.exit = {
        ...exitOf(Number(code), message.join(" "), current.signals),
        outOfMemoryKills: kills === "-" ? undefined : Number(kills),
      };
      this.#settle(current);
    }
  }

  #onStderrMessage(text: string): void {
    const current = this.#current;
    if (!current || text !== `e ${current.id}`) return;
    current.stderrEnded = true;
    this.#settle(current);
  }

  #settle(current: Current): void {
    if (!current.exit || !current.stderrEnded) return;
    this.#current = undefined;
    this.#leaving = current;
    if (current.looked) this.#leave();
    if (current.cwdMissing) {
      current.reject(
        new SandboxError("invalid_argument", "The working directory does not exist in the sandbox.", {
          hint: "Make it with files.mkdir, or choose one that exists.",
        }),
      );
    } else current.resolve(current.exit);
  }

  #leave(): void {
    this.#leaving?.leave();
    this.#leaving = undefined;
  }

  /** The command under way, if any, is lost. */
  #abandon(reason: SandboxError): void {
    this.#current?.reject(reason);
    this.#current?.leave();
    this.#current = undefined;
    this.#leave();
  }

  #answer(id: number, words: string[]): void {
    this.#replies.get(id)?.resolve(words);
    this.#replies.delete(id);
  }

  #dispose(reason: SandboxError): void {
    this.#fail(reason);
    this.#process.disconnect();
  }

  #fail(reason: SandboxError): SandboxError {
    this.#failure ??= reason;
    this.#abandon(this.#failure);
    for (const reply of this.#replies.values()) reply.reject(this.#failure);
    this.#replies.clear();
    return this.#failure;
  }
}

/**
 * Shells give death by signal n as 128 + n and say so in words, except for SIGINT and SIGPIPE: these are read
 * as exits, as every shell reads them, unless the signal was sent by us.
 */
function exitOf(code: number, message: string, sent: ReadonlySet<string>): ProcessExit {
  const name = signalNames[code - 129];
  const signal = name && `SIG${name}`;
  if (signal && (message !== "" || sent.has(signal))) return { exitCode: null, signal };
  return { exitCode: code, signal: null };
}

function workerKilled(): SandboxError {
  return new SandboxError(
    "sandbox_lost",
    "The shell that ran the command was killed: how it ended is unknown.",
    {
      retryable: false,
      hint: "Does the command kill processes that are not its own?",
    },
  );
}

function workerGaveUp(): SandboxError {
  return new SandboxError("resource_exhausted", "The sandbox could not start another process.", {
    hint: "Raise limits.pidCount, or end what runs in the sandbox.",
  });
}

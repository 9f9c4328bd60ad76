import { randomBytes } from "node:crypto";
import { SandboxError } from "../contract/error.js";
import type { OutputChunk, RawProcess } from "../contract/process.js";
import { connectionBroke, shellEnded, workerGaveUp, workerKilled } from "./lane-failures.js";
import { childWords, type LaneCommand, type LaneKind, printfFormat, word } from "./main-shell.js";
import { MessageScanner } from "./message-scanner.js";
import { Replies } from "./replies.js";
import { LaneRun, type Running, type Sink } from "./running.js";

/** Kept of what a shell says that does not start, in characters. */
const openingLength = 500;

/** One shell in the guest, and the way of commands to it and of their output back. */
export class Lane {
  /** Settles, never rejects, when the lane has ended and says why. */
  readonly ended: Promise<SandboxError>;
  readonly kind: LaneKind;
  /** Set by who is about to run a command in it. */
  taken = false;
  readonly #process: RawProcess;
  readonly #secret = randomBytes(8).toString("hex");
  readonly #replies = new Replies();
  #current: LaneRun | undefined;
  /** Has ended, and what it left is being looked for. */
  #leaving: LaneRun | undefined;
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
      () => this.#fail(shellEnded(this.#opening)),
      (error: unknown) => this.#fail(connectionBroke(error)),
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
      if (kind === "tty") await lane.#replies.to(0);
      const exports = Object.entries(secrets).map(([name, value]) => `; export ${word(`${name}=${value}`)}`);
      const hello = lane.#replies.to(-1);
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
    const ready = this.kind === "tty" ? this.#replies.to(current.id) : Promise.resolve();
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

  get #ready(): boolean {
    return !this.#current && !this.#leaving && !this.#dirty && this.usable;
  }

  #begin(sink: Sink): LaneRun {
    if (this.#failure) throw this.#failure;
    if (!this.#ready) throw new SandboxError("adapter_fault", "A lane was given a command while it had one.");
    this.#current = new LaneRun(this.#nextId++, sink, { oneStream: this.kind === "tty" });
    return this.#current;
  }

  #write(line: string): void {
    if (this.#process.stdin.writable) this.#process.stdin.write(`${line}\n`, "latin1");
  }

  #ask(line: (id: number) => string): Promise<string[]> {
    const id = this.#nextId++;
    const reply = this.#replies.to(id);
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
          this.#current?.exitKnown && stream === "stdout" ? undefined : this.#current?.sink({ stream, data });
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
    if (!this.#replies.has(0)) return data;
    this.#beforeReady += Buffer.from(data).toString("latin1");
    if (!this.#beforeReady.includes("\0ready\0")) return new Uint8Array();
    this.#replies.answer(0, []);
    return new Uint8Array();
  }

  #onMessage(text: string): void {
    const [kind, id, ...words] = text.split(" ");
    const current = this.#current;
    switch (kind) {
      case "h":
        this.#replies.answer(-1, [id ?? ""]);
        return;
      case "l":
        this.#dirty = words[0] !== "clean";
        if (current?.id === Number(id)) current.looked = true;
        if (this.#leaving?.id === Number(id)) this.#leave();
        this.#replies.answer(Number(id), []);
        return;
      case "a":
      case "o":
      case "k":
        this.#replies.answer(
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
    if (kind === "c") current.noteMissingCwd();
    if (kind === "p") current.rootPid = Number(words[0]);
    if (kind === "e") {
      current.noteExit(words);
      this.#settle(current);
    }
  }

  #onStderrMessage(text: string): void {
    const current = this.#current;
    if (!current || text !== `e ${current.id}`) return;
    current.noteStderrEnd();
    this.#settle(current);
  }

  #settle(current: LaneRun): void {
    if (!current.settle()) return;
    this.#current = undefined;
    this.#leaving = current;
    if (current.looked) this.#leave();
  }

  #leave(): void {
    this.#leaving?.leave();
    this.#leaving = undefined;
  }

  /** The command under way, if any, is lost. */
  #abandon(reason: SandboxError): void {
    this.#current?.lose(reason);
    this.#current = undefined;
    this.#leave();
  }

  #dispose(reason: SandboxError): void {
    this.#fail(reason);
    this.#process.disconnect();
  }

  #fail(reason: SandboxError): SandboxError {
    this.#failure ??= reason;
    this.#abandon(this.#failure);
    this.#replies.fail(this.#failure);
    return this.#failure;
  }
}

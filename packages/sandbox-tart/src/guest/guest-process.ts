import { Writable } from "node:stream";
import {
  cwdMissing,
  MessageScanner,
  type OutputChunk,
  type ProcessExit,
  type RawProcess,
  SandboxError,
  type TerminalSize,
  workerKilled,
} from "@nanoclaw/sandbox/adapter";
import type { Channel, ChannelEnd, ChannelListener } from "./channel.js";
import { cutOff, endNotTold, exitOf, notStarted } from "./endings.js";
import { GuestOutput } from "./guest-output.js";

/** Kept of what came before the command began: why it did not, if it does not. In characters. */
const openingLength = 2_000;
/** Said around sudo when that has ended without a command. */
const endedMark = "\0ended ";
/** Of input in one message. */
const pieceBytes = 32 * 1024;

export interface GuestProcessOptions {
  readonly secret: string;
  readonly tty: boolean;
  /** The line that the guest's shell waits for. */
  readonly startLine: Buffer;
  readonly user: string | undefined;
  /** Sends a signal to the tree; after `SIGKILL` it returns when all of it is gone. */
  kill(process: GuestProcess, signal: string): Promise<void>;
}

interface Settle {
  resolve(exit: ProcessExit): void;
  reject(error: SandboxError): void;
}

/** A command that our shell in the guest starts and watches, over a channel that knows nothing of either. */
export class GuestProcess implements RawProcess, ChannelListener {
  readonly stdin: Writable;
  readonly output: GuestOutput;
  readonly exited: Promise<ProcessExit>;
  /** Done when the command runs, or never will. Never rejects. */
  readonly begun: Promise<void>;
  /** Where a search for the command's processes begins, if they are not marked. */
  root: number | undefined;
  readonly #options: GuestProcessOptions;
  readonly #scanners: Record<OutputChunk["stream"], MessageScanner>;
  readonly #sent = new Set<string>();
  readonly #begin: () => void;
  readonly #settle: Settle;
  #channel: Channel | undefined;
  #over = false;
  #ended = false;
  #inputEnded = false;
  #opening = "";
  readonly #open = { stdout: false, stderr: false };
  readonly #told = { stdout: false, stderr: false };
  #ready = "";
  #onReady: (() => void) | undefined;
  /** A terminal's; it may be told before the channel is handed to `start`. */
  readonly #isReady: Promise<void> | undefined;

  constructor(options: GuestProcessOptions) {
    this.#options = options;
    if (options.tty) {
      this.#isReady = new Promise((resolve) => {
        this.#onReady = resolve;
      });
    }
    const scanner = (stream: OutputChunk["stream"]): MessageScanner =>
      new MessageScanner(options.secret, (text) => this.#onMessage(stream, text));
    this.#scanners = { stdout: scanner("stdout"), stderr: scanner("stderr") };
    this.output = new GuestOutput({
      pause: () => this.#channel?.pause(),
      resume: () => this.#channel?.resume(),
    });
    let begin = (): void => undefined;
    this.begun = new Promise((resolve) => {
      begin = resolve;
    });
    this.#begin = begin;
    let settle: Settle | undefined;
    this.exited = new Promise((resolve, reject) => {
      settle = { resolve, reject };
    });
    this.#settle = settle as unknown as Settle;
    this.exited.catch(() => undefined);
    this.stdin = new Writable({
      highWaterMark: pieceBytes,
      write: (chunk: Buffer, _, done) => this.#write(chunk, done),
      final: (done) => {
        this.#endInput();
        done();
      },
    });
    // What becomes of input is told by how the command ends.
    this.stdin.on("error", () => undefined);
  }

  /** How it ended is known, or that nobody knows. */
  get over(): boolean {
    return this.#over;
  }

  /** Hands the command to the guest. On a terminal it returns when that is as the command will find it. */
  async start(channel: Channel): Promise<void> {
    this.#channel = channel;
    if (!this.#isReady) {
      channel.write(this.#options.startLine, () => undefined);
      return;
    }
    await Promise.race([this.#isReady, this.begun]);
    if (this.#ended) return;
    channel.write(this.#options.startLine, () => undefined);
    await this.begun;
  }

  data(stream: OutputChunk["stream"], data: Buffer): void {
    let rest: Buffer | undefined = data;
    if (this.#onReady) rest = this.#afterReady(data);
    if (rest) this.#scanners[stream].push(rest, (plain) => this.#onPlain(stream, plain));
  }

  broken(error: SandboxError): void {
    this.#fail(error);
    this.#begin();
  }

  end({ exitCode, error }: ChannelEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const stream of ["stdout", "stderr"] as const) {
      this.#scanners[stream].end((plain) => this.#onPlain(stream, plain));
    }
    const lost = error ?? (this.#over ? undefined : this.#neverTold(exitCode));
    if (lost) this.#fail(lost);
    this.#begin();
    this.#onReady?.();
    // A connection that breaks after the exit was told may still have cut off output.
    this.output.end(lost ?? (this.#told.stdout && !this.#told.stderr ? cutOff() : undefined));
    this.stdin.destroy();
  }

  async kill(signal: string): Promise<void> {
    await this.begun;
    if (this.#over) return;
    this.#sent.add(signal);
    await this.#options.kill(this, signal);
  }

  async resize(size: TerminalSize): Promise<void> {
    if (!this.#options.tty) throw new SandboxError("unsupported", "The command has no terminal.");
    if (!this.#over && !this.#ended) this.#channel?.resize(size);
  }

  disconnect(): void {
    this.#channel?.cancel();
  }

  #onPlain(stream: OutputChunk["stream"], data: Buffer): void {
    if (this.#open[stream]) {
      this.output.push({ stream, data });
      return;
    }
    this.#opening = `${this.#opening}${data}`.slice(0, openingLength);
    if (this.#opening.includes(endedMark)) this.#letGo();
  }

  /** A terminal says when it has stopped echoing, before anything secret is written to it. */
  #afterReady(data: Buffer): Buffer | undefined {
    this.#ready += data.toString("latin1");
    const mark = "\0ready\0";
    const at = this.#ready.indexOf(mark);
    if (at < 0) return this.#ready.includes(endedMark) ? Buffer.from(this.#ready, "latin1") : undefined;
    const rest = Buffer.from(this.#ready.slice(at + mark.length), "latin1");
    this.#onReady?.();
    this.#onReady = undefined;
    return rest;
  }

  #onMessage(stream: OutputChunk["stream"], text: string): void {
    const [kind, ...words] = text.trim().split(" ");
    switch (kind) {
      case "b":
        this.#open[stream] = true;
        if (this.#options.tty) this.#open.stderr = true;
        if (words[0]) this.root = Number(words[0]);
        if (this.#open.stdout && this.#open.stderr) {
          this.#begin();
          this.output.mayWait();
        }
        return;
      case "e":
        this.#told[stream] = true;
        if (this.#options.tty) this.#told.stderr = true;
        if (stream === "stdout") {
          this.#over = true;
          this.#settle.resolve(exitOf(words, this.#sent));
        }
        if (!this.#told.stdout || !this.#told.stderr) return;
        // What comes now is of something that the command has left behind, and is read and dropped.
        this.output.end();
        this.#letGo();
        return;
      case "c":
        this.#fail(cwdMissing());
        return;
      case "w":
        this.#fail(workerKilled());
    }
  }

  #fail(error: SandboxError): void {
    if (this.#over) return;
    this.#over = true;
    this.#settle.reject(error);
    this.#letGo();
  }

  #neverTold(exitCode: number | undefined): SandboxError {
    if (this.#open.stdout) return endNotTold();
    return notStarted({
      said: this.#opening.replace(endedMark, "").trim(),
      user: this.#options.user,
      exitCode,
    });
  }

  #write(chunk: Buffer, done: (error?: Error | null) => void): void {
    const channel = this.#channel;
    // What is written to a command that has ended goes where its shell would have dropped it.
    if (!channel || this.#ended || this.#inputEnded) {
      done();
      return;
    }
    const piece = chunk.subarray(0, pieceBytes);
    channel.write(piece, (error) => {
      if (error || piece.length === chunk.length) done(this.#over ? null : error);
      else this.#write(chunk.subarray(pieceBytes), done);
    });
  }

  /** The guest's shell waits for it before it lets the channel end. Nothing is written afterwards. */
  #letGo(): void {
    if (this.#options.tty && !this.#ended) {
      this.#inputEnded = true;
      this.#channel?.write(Buffer.from("\n"), () => undefined);
    } else this.#endInput();
  }

  #endInput(): void {
    if (this.#inputEnded || this.#ended) return;
    this.#inputEnded = true;
    this.#channel?.endInput();
  }
}

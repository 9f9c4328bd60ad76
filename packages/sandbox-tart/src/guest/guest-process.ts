import { Writable } from "node:stream";
import {
  MessageScanner,
  type OutputChunk,
  type ProcessExit,
  type RawProcess,
  SandboxError,
  type TerminalSize,
} from "@nanoclaw/sandbox/adapter";
import type { Channel, ChannelEnd, ChannelListener } from "./channel.js";
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
    const lost = error ?? (this.#over ? undefined : this.#unexplained(exitCode));
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
        if (stream === "stdout") this.#tellExit(words);
        if (!this.#told.stdout || !this.#told.stderr) return;
        // What comes now is of something that the command has left behind, and is read and dropped.
        this.output.end();
        this.#letGo();
        return;
      case "c":
        this.#fail(
          new SandboxError("invalid_argument", "The working directory does not exist in the sandbox.", {
            hint: "Make it with files.mkdir, or choose one that exists.",
          }),
        );
        return;
      case "w":
        this.#fail(
          new SandboxError(
            "sandbox_lost",
            "The shell that ran the command was killed: how it ended is unknown.",
            { retryable: false, hint: "Does the command kill processes that are not its own?" },
          ),
        );
    }
  }

  /**
   * Shells give death by signal n as 128 + n and say so in words, except for SIGINT and SIGPIPE: these are read as
   * exits, as every shell reads them, unless the signal was sent from here.
   */
  #tellExit([code, message, name]: string[]): void {
    const exitCode = Number(code);
    const signal = name && `SIG${name}`;
    const byIt = signal && exitCode > 128 && (message !== "0" || this.#sent.has(signal));
    this.#over = true;
    this.#settle.resolve(byIt ? { exitCode: null, signal } : { exitCode, signal: null });
  }

  #fail(error: SandboxError): void {
    if (this.#over) return;
    this.#over = true;
    this.#settle.reject(error);
    this.#letGo();
  }

  /** The channel ended without a word of our shell. */
  #unexplained(exitCode: number | undefined): SandboxError {
    const said = this.#opening.replace(endedMark, "").trim();
    const { user } = this.#options;
    if (this.#open.stdout || !said) {
      return new SandboxError("sandbox_lost", "The command's end was not told: how it ended is unknown.");
    }
    if (user !== undefined && /unknown user/i.test(said)) {
      return new SandboxError("invalid_argument", `The sandbox has no user ${JSON.stringify(user)}.`);
    }
    if (user !== undefined && /password|not allowed|sudo/i.test(said)) {
      return new SandboxError("permission_denied", `Commands of ${JSON.stringify(user)}: ${said}`, {
        hint: "The image's user needs sudo without a password for this.",
      });
    }
    if (/fork|resource temporarily|cannot allocate/i.test(said)) {
      return new SandboxError("resource_exhausted", `The sandbox could not start another process: ${said}`, {
        hint: "End what runs in the sandbox.",
      });
    }
    return new SandboxError("sandbox_lost", `The command could not be started (${exitCode ?? "?"}): ${said}`);
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

function cutOff(): SandboxError {
  return new SandboxError("sandbox_lost", "The end of the command's standard error was lost on the way.");
}

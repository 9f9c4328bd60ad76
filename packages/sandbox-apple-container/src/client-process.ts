import type { Readable, Writable } from "node:stream";
import {
  cwdMissing,
  mergeOutput,
  type OutputChunk,
  type ProcessExit,
  type RawProcess,
  SandboxError,
  type TerminalSize,
} from "@nanoclaw/sandbox/adapter";
import { containerFailure, lostProcess } from "./failures.js";
import { GuestMessages } from "./guest-messages.js";

/** Kept of the last words on standard error, in characters: enough for what the client adds to them. */
const tailLength = 2_000;
/** Kept of what a client says in place of a process, in characters. */
const refusalLength = 64_000;

/** A `container run` or `container exec` that runs, as it was started. */
export interface Client {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** How the client itself ended. Never rejects. */
  readonly ended: Promise<{ readonly exitCode: number | undefined; readonly cause?: unknown }>;
  /** Ends the client at once. Its process in the guest sees end of input, and nothing else. */
  kill(): void;
}

export interface ClientProcessOptions {
  /** The sub-command, for its failures. */
  readonly command: "run" | "exec";
  /** Written before anything else. */
  readonly line?: string;
  /** The guest tells the name of a terminal on standard error. */
  readonly tty?: boolean;
  /** Sets the size of that terminal. */
  readonly resize?: (terminal: string, size: TerminalSize) => Promise<void>;
}

/** A process in the guest, by a client that passes its input and output on. */
export class ClientProcess implements RawProcess {
  readonly stdin: Writable;
  readonly output: AsyncIterable<OutputChunk>;
  readonly exited: Promise<ProcessExit>;
  readonly resize?: (size: TerminalSize) => Promise<void>;
  /** When the process runs in the guest. Rejects with the reason why it does not. */
  readonly started: Promise<void>;
  /** When the client has ended. Never rejects. */
  readonly ended: Promise<unknown>;
  readonly #client: Client;
  readonly #options: ClientProcessOptions;
  readonly #terminal: Promise<string>;
  /** Came before the guest's word, and is passed on after it. */
  readonly #early: OutputChunk[] = [];
  #closedHere: SandboxError | undefined;
  #tail = "";
  #tellTerminal: (terminal: string) => void = () => undefined;
  #resolveExit!: (exit: ProcessExit) => void;
  #rejectExit!: (error: SandboxError) => void;

  constructor(client: Client, options: ClientProcessOptions) {
    this.#client = client;
    this.#options = options;
    this.stdin = client.stdin;
    this.ended = client.ended;
    // What is written after the process has ended goes nowhere: its exit tells enough.
    client.stdin.on("error", () => undefined);
    this.exited = new Promise((resolve, reject) => {
      this.#resolveExit = resolve;
      this.#rejectExit = reject;
    });
    this.exited.catch(() => undefined);
    this.#terminal = new Promise((resolve) => {
      this.#tellTerminal = resolve;
    });
    if (options.line !== undefined) client.stdin.write(`${options.line}\n`);
    const chunks = mergeOutput(client.stdout, client.stderr);
    this.started = this.#start(chunks);
    this.started.catch((error: SandboxError) => {
      this.#rejectExit(error);
      client.kill();
    });
    this.output = this.#read(chunks);
    const { resize } = options;
    if (!resize) return;
    this.resize = async (size) => {
      const terminal = await Promise.race([this.#terminal, this.exited.then(() => undefined)]);
      // One whose process has ended has no size.
      if (terminal !== undefined) await resize(terminal, size);
    };
  }

  /** The end of input for the guest, as a kill of the client is. */
  disconnect(reason?: SandboxError): void {
    if (this.#closedHere) return;
    this.#closedHere =
      reason ?? new SandboxError("sandbox_lost", "The connection to the process was closed from this side.");
    this.#rejectExit(this.#closedHere);
    const { stdin, stdout, stderr, kill } = this.#client;
    for (const stream of [stdin, stdout, stderr]) stream.destroy();
    kill();
  }

  /** Reads until the guest's shell has said that it is there. */
  async #start(chunks: AsyncGenerator<OutputChunk, void>): Promise<void> {
    const messages = new GuestMessages();
    let refusal = "";
    try {
      for (;;) {
        const { value: chunk } = await chunks.next();
        if (!chunk) break;
        if (chunk.stream === "stderr") {
          refusal = (refusal + Buffer.from(chunk.data).toString()).slice(0, refusalLength);
          this.#early.push(chunk);
          continue;
        }
        const { message, rest } = messages.push(chunk.data);
        if (message === undefined) continue;
        if (message !== "started") throw notStarted(message);
        if (rest.length > 0) this.#early.push({ stream: "stdout", data: rest });
        return;
      }
    } catch (error) {
      throw this.#closedHere ?? lost(error);
    }
    const { exitCode, cause } = await this.#client.ended;
    if (this.#closedHere) throw this.#closedHere;
    if (exitCode === undefined) throw clientLost(cause);
    throw containerFailure({ command: this.#options.command, exitCode, text: refusal });
  }

  async *#read(chunks: AsyncGenerator<OutputChunk, void>): AsyncGenerator<OutputChunk, void> {
    try {
      await this.started;
      const terminal = this.#options.tty ? new GuestMessages() : undefined;
      for (const chunk of this.#early.splice(0)) yield* this.#pass(chunk, terminal);
      for await (const chunk of chunks) yield* this.#pass(chunk, terminal);
      const { exitCode, cause } = await this.#client.ended;
      if (exitCode === undefined) throw clientLost(cause);
      const failure = lostProcess(exitCode, this.#tail);
      if (failure) throw failure;
      this.#resolveExit({ exitCode, signal: null });
    } catch (error) {
      const failure = this.#closedHere ?? lost(error);
      this.#rejectExit(failure);
      throw failure;
    } finally {
      this.#client.stdin.destroy();
      // Only where the reader left before the end.
      this.#rejectExit(new SandboxError("sandbox_lost", "Nobody read the output to its end."));
      this.#client.kill();
    }
  }

  *#pass(chunk: OutputChunk, terminal: GuestMessages | undefined): Generator<OutputChunk, void> {
    if (chunk.stream === "stdout") {
      yield chunk;
      return;
    }
    let data = chunk.data;
    if (terminal && !terminal.over) {
      const { message, rest } = terminal.push(chunk.data);
      if (message?.startsWith("tty ")) this.#tellTerminal(message.slice("tty ".length));
      data = rest;
    }
    if (data.length === 0) return;
    this.#tail = (this.#tail + Buffer.from(data).toString()).slice(-tailLength);
    yield { stream: "stderr", data };
  }
}

function notStarted(message: string): SandboxError {
  if (message === "no-directory") return cwdMissing();
  if (message === "no-script") {
    return new SandboxError("unsupported", "The image has no script(1), which makes terminals.", {
      hint: "Use an image with util-linux (bsdutils in Debian, util-linux-misc in Alpine), or leave out tty.",
    });
  }
  return new SandboxError("adapter_fault", `The guest's shell said what is not known: ${message}`);
}

function clientLost(cause: unknown): SandboxError {
  if (SandboxError.is(cause)) return cause;
  return new SandboxError("sandbox_lost", "The client of the process was ended by somebody else.", { cause });
}

function lost(error: unknown): SandboxError {
  if (SandboxError.is(error)) return error;
  return new SandboxError("sandbox_lost", "The connection to the process broke.", { cause: error });
}

import type { Socket } from "node:net";
import { Writable } from "node:stream";
import {
  type OutputChunk,
  type ProcessExit,
  type RawProcess,
  SandboxError,
  type TerminalSize,
} from "@nanoclaw/sandbox/adapter";
import { mayTellStartFailure } from "./failures.js";
import { FrameReader } from "./frames.js";

/** How a process of the engine ended. */
export interface Ending {
  readonly exit: ProcessExit;
  /** The output was the engine's own word on why the process never started. */
  readonly neverStarted?: boolean;
}

export interface ConnectionOptions {
  /** With a terminal the output comes as it is, without frames. */
  readonly tty: boolean;
  /**
   * Asks the engine how the process ended, once its output has. `text` is the output if it may be the engine's
   * own. Rejects with a `SandboxError` when the sandbox or the engine is gone.
   */
  readonly ending: (text: string) => Promise<Ending>;
  readonly resize?: (size: TerminalSize) => Promise<void>;
  readonly kill?: (signal: string) => Promise<void>;
}

/** A process in the guest at the other end of a connection that the engine has handed over. */
export class ConnectedProcess implements RawProcess {
  readonly stdin: Writable;
  readonly output: AsyncIterable<OutputChunk>;
  readonly exited: Promise<ProcessExit>;
  readonly resize?: (size: TerminalSize) => Promise<void>;
  readonly kill?: (signal: string) => Promise<void>;
  readonly #socket: Socket;
  readonly #overTcp: boolean;
  #resolveExit!: (exit: ProcessExit) => void;
  #rejectExit!: (error: SandboxError) => void;
  #closedHere: SandboxError | undefined;

  constructor(socket: Socket, { tty, ending, resize, kill }: ConnectionOptions) {
    this.#socket = socket;
    this.#overTcp = socket.remoteAddress !== undefined;
    this.exited = new Promise((resolve, reject) => {
      this.#resolveExit = resolve;
      this.#rejectExit = reject;
    });
    // Whoever reads the output hears of it as well.
    this.exited.catch(() => undefined);
    // Always listened to: an error between two reads would otherwise end the program. The reader sees it too.
    socket.on("error", () => undefined);
    keepReadingAfterFailedWrites(socket);
    this.stdin = standardInput(socket);
    this.output = this.#read(tty, ending);
    if (resize) this.resize = resize;
    if (kill) this.kill = kill;
  }

  disconnect(reason?: SandboxError): void {
    if (this.#closedHere) return;
    this.#closedHere =
      reason ?? new SandboxError("sandbox_lost", "The connection to the process was closed from this side.");
    this.#rejectExit(this.#closedHere);
    this.#socket.destroy();
  }

  async *#read(tty: boolean, ending: ConnectionOptions["ending"]): AsyncGenerator<OutputChunk, void> {
    try {
      // What the engine says in place of a process that it could not start. It is held back until that is certain.
      const held: OutputChunk[] = [];
      let started = false;
      for await (const chunk of this.#chunks(tty)) {
        // It may come in pieces.
        if (!started && mayTellStartFailure(textOf([...held, chunk]))) {
          held.push(chunk);
          continue;
        }
        started = true;
        yield* held.splice(0);
        yield chunk;
      }
      const { exit, neverStarted } = await ending(textOf(held));
      for (const chunk of held) yield neverStarted ? { ...chunk, stream: "stderr" } : chunk;
      this.#resolveExit(exit);
    } catch (error) {
      const failure = this.#closedHere ?? lost(error);
      this.#rejectExit(failure);
      throw failure;
    } finally {
      this.#socket.destroy();
      // Only where the reader left before the end.
      this.#rejectExit(new SandboxError("sandbox_lost", "Nobody read the output to its end."));
    }
  }

  async *#chunks(tty: boolean): AsyncGenerator<OutputChunk, void> {
    const frames = new FrameReader();
    try {
      for await (const bytes of this.#socket as AsyncIterable<Buffer>) {
        if (tty) yield { stream: "stdout", data: bytes };
        else yield* frames.read(bytes);
      }
    } catch (error) {
      // An engine that closes its end while input is on the way resets the connection: by a Unix socket after
      // its last byte has been read, by TCP perhaps before.
      const reset = (error as NodeJS.ErrnoException).code === "ECONNRESET";
      if (this.#closedHere || this.#overTcp || !reset) throw error;
    }
    if (!frames.atBoundary) throw new SandboxError("sandbox_lost", "The output was cut off.");
  }
}

function textOf(chunks: readonly OutputChunk[]): string {
  return chunks.map(({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength)).join("");
}

function lost(error: unknown): SandboxError {
  if (SandboxError.is(error)) return error;
  return new SandboxError("sandbox_lost", "The connection to the sandbox broke.", { cause: error });
}

/**
 * A process may end while input is on its way to it, and its last output is then still unread. A failed write
 * must not take that away, as it does by a socket's own rules: it would destroy the socket for both directions.
 */
function keepReadingAfterFailedWrites(socket: Socket): void {
  const { _write: write, _writev: writev, _final: final } = socket;
  socket._write = (chunk, encoding, done) => write.call(socket, chunk, encoding, () => done());
  if (writev) socket._writev = (chunks, done) => writev.call(socket, chunks, () => done());
  socket._final = (done) => final.call(socket, () => done());
}

/** What is written after the process has ended goes nowhere, without an error: its exit tells enough. */
function standardInput(socket: Socket): Writable {
  return new Writable({
    write: (chunk, _, done) => {
      if (socket.writable) socket.write(chunk, () => done());
      else done();
    },
    final: (done) => {
      if (socket.writable) socket.end(() => done());
      else done();
    },
  });
}

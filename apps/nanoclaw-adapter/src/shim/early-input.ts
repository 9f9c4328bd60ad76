import type { Readable, Writable } from "node:stream";

/** More is not read ahead: it waits in the pipe, as it would for Docker. */
const aheadBytes = 65_536;

/**
 * Standard input from the very start, while the sandbox is being made. NanoClaw 1 writes one request and closes the
 * pipe: what has come to its end by then goes to the command as a whole, which spares a shell for a live input.
 */
export class EarlyInput implements Disposable {
  readonly #stream: Readable;
  readonly #pieces: Buffer[] = [];
  #length = 0;
  #ended = false;
  readonly #take = (piece: Buffer): void => {
    this.#pieces.push(piece);
    this.#length += piece.length;
    if (this.#length >= aheadBytes) this.#stream.pause();
  };
  readonly #end = (): void => {
    this.#ended = true;
  };

  constructor(stream: Readable) {
    this.#stream = stream;
    // One that cannot be read has no more to give.
    stream.on("data", this.#take).once("end", this.#end).once("error", this.#end);
  }

  /** All of it, if its end has come. */
  get whole(): Uint8Array | undefined {
    return this.#ended ? Buffer.concat(this.#pieces) : undefined;
  }

  /** Gives what there is and what comes to a command that reads it. */
  passTo(stdin: Writable): void {
    this.#stream.pause().off("data", this.#take);
    // A command that has closed its input is no failure: it does not want more.
    stdin.on("error", () => this.#stream.unpipe(stdin));
    if (this.#length > 0) stdin.write(Buffer.concat(this.#pieces));
    if (this.#ended) stdin.end();
    else this.#stream.once("error", () => stdin.end()).pipe(stdin);
  }

  /** It would keep this process, whose caller may hold the other end. */
  [Symbol.dispose](): void {
    this.#stream.destroy();
  }
}

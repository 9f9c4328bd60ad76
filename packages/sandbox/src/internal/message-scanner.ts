/**
 * Takes the messages of a shell of ours out of the output that it shares with commands: `NUL secret space words NUL`.
 * They may come anywhere in it and be cut anywhere by chunks; everything else is data and is handed on without a copy.
 */
export class MessageScanner {
  readonly #start: Buffer;
  readonly #onMessage: (words: string) => void;
  #held: Buffer = Buffer.alloc(0);

  constructor(secret: string, onMessage: (words: string) => void) {
    this.#start = Buffer.from(`\0${secret} `);
    this.#onMessage = onMessage;
  }

  /** Calls back for each message in order with the data between them: returns the data after the last one too. */
  push(chunk: Uint8Array, onData: (data: Buffer) => void): void {
    const fresh = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const data = this.#held.length > 0 ? Buffer.concat([this.#held, fresh]) : fresh;
    this.#held = Buffer.alloc(0);
    let from = 0;
    for (;;) {
      const at = data.indexOf(this.#start, from);
      if (at < 0) break;
      if (at > from) onData(data.subarray(from, at));
      const end = data.indexOf(0, at + this.#start.length);
      if (end < 0) {
        this.#held = data.subarray(at);
        return;
      }
      this.#onMessage(data.toString("utf8", at + this.#start.length, end));
      from = end + 1;
    }
    const cut = this.#startsBefore(data, from);
    if (cut < data.length) this.#held = data.subarray(cut);
    if (cut > from) onData(data.subarray(from, cut));
  }

  /** What was held back at the end of the stream: it was no message after all. */
  end(onData: (data: Buffer) => void): void {
    if (this.#held.length > 0) onData(this.#held);
    this.#held = Buffer.alloc(0);
  }

  /** Where a message may begin in the last bytes, or the end. */
  #startsBefore(data: Buffer, from: number): number {
    let at = data.indexOf(0, Math.max(from, data.length - this.#start.length + 1));
    while (at >= 0) {
      if (data.subarray(at).equals(this.#start.subarray(0, data.length - at))) return at;
      at = data.indexOf(0, at + 1);
    }
    return data.length;
  }
}

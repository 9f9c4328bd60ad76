const nul = 0;
/** A message is shorter; what is longer is none. */
const longestMessage = 4_096;

/**
 * What the guest's shell says between NULs before its program begins, apart from the bytes around it. Everything
 * after the last expected message is the program's.
 */
export class GuestMessages {
  #held: Buffer = Buffer.alloc(0);
  #over = false;

  /** No more of them: the stream is the program's from here on. */
  get over(): boolean {
    return this.#over;
  }

  /**
   * Takes the next bytes. Gives the message, once it is there, and the program's bytes after it. What comes before
   * a message is dropped: it is from a file that the shell reads at its start.
   */
  push(data: Uint8Array): { readonly message?: string; readonly rest: Buffer } {
    const bytes = Buffer.concat([this.#held, data]);
    const start = bytes.indexOf(nul);
    const end = start < 0 ? -1 : bytes.indexOf(nul, start + 1);
    if (end >= 0) {
      this.#over = true;
      this.#held = Buffer.alloc(0);
      return { message: bytes.toString("utf8", start + 1, end), rest: bytes.subarray(end + 1) };
    }
    this.#held = start < 0 ? Buffer.alloc(0) : bytes.subarray(start);
    if (this.#held.length > longestMessage) {
      this.#over = true;
      return { rest: this.#held };
    }
    return { rest: Buffer.alloc(0) };
  }
}

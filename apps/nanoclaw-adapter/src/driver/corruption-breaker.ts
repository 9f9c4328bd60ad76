/** As SQLite tells a page that does not fit, by the words of its programs and of its libraries. */
const complaint = /database disk image is malformed|file is not a database|SQLITE_(CORRUPT|NOTADB)/;
/** As many in a row as NanoClaw's own runner stands. */
const mostInRow = 10;

/**
 * Breaks a session whose guest sees a database as damaged again and again. A guest can hold on to a torn page for as
 * long as the share is mounted; only a fresh machine heals it (`nanoclaw.md §2.5`).
 */
export class CorruptionBreaker {
  readonly #onBroken: () => void;
  #inRow = 0;
  #broken = false;

  constructor(onBroken: () => void) {
    this.#onBroken = onBroken;
  }

  /** A line of what the agent says of itself. Any other line between them ends the row. */
  line(text: string): void {
    if (text.trim() === "") return;
    this.#inRow = complaint.test(text) ? this.#inRow + 1 : 0;
    if (this.#inRow < mostInRow || this.#broken) return;
    this.#broken = true;
    this.#onBroken();
  }
}

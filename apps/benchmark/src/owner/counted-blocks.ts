const LINE_COUNT = 131_071;
const FIRST_LINE = 1_000_001;

/** 1 MiB: a line with the block's number, then lines that are always the same. */
export const BLOCK_BYTES = 8 * (LINE_COUNT + 1);

/** A POSIX script that writes this many blocks, of which no two are alike, with `seq` and `cat`. */
export function blockScript(blockCount: number): string {
  return `
    body=/tmp/sandbox-bench-$$
    seq ${FIRST_LINE} ${FIRST_LINE + LINE_COUNT - 1} >"$body" || exit 1
    number=0
    while [ "$number" -lt ${blockCount} ]; do
      printf '%07d\\n' "$number"
      cat "$body" || exit 1
      number=$((number + 1))
    done
    rm -f "$body"`;
}

/** Checks a stream of blocks byte by byte, without keeping it. */
export class BlockChecker {
  readonly #body = Buffer.from(
    Array.from({ length: LINE_COUNT }, (_, index) => `${FIRST_LINE + index}\n`).join(""),
  );
  #position = 0;

  get byteCount(): number {
    return this.#position;
  }

  /** Throws at the first byte that is not what it must be. */
  add(chunk: Uint8Array): void {
    let rest = chunk;
    while (rest.length > 0) {
      const expected = this.#expected();
      const count = Math.min(expected.length, rest.length);
      if (Buffer.compare(expected.subarray(0, count), rest.subarray(0, count)) !== 0) {
        throw new Error(`Wrong output after byte ${this.#position}`);
      }
      this.#position += count;
      rest = rest.subarray(count);
    }
  }

  /** What comes next, up to the end of the heading or of the body. */
  #expected(): Uint8Array {
    const within = this.#position % BLOCK_BYTES;
    if (within >= 8) return this.#body.subarray(within - 8);
    const number = Math.floor(this.#position / BLOCK_BYTES);
    return Buffer.from(`${String(number).padStart(7, "0")}\n`).subarray(within);
  }
}

import { sameBytes } from "../expect.js";

const blockBytes = 1024 * 1024;
const lineBytes = 16;

/** One MiB of numbered lines: anything lost, doubled or out of order shows. */
const block = Buffer.from(
  Array.from(
    { length: blockBytes / lineBytes },
    (_, line) => `${String(line).padStart(lineBytes - 1, "0")}\n`,
  ).join(""),
);

/** Shell code that writes the pattern this many times to standard output. It keeps one copy in a file. */
export function patternScript(file: string, blocks: number): string {
  return (
    `awk 'BEGIN { for (i = 0; i < ${blockBytes / lineBytes}; i++) printf "%0${lineBytes - 1}d\\n", i }' >${file} || exit 9; ` +
    `i=0; while [ $i -lt ${blocks} ]; do cat ${file} || exit 8; i=$((i+1)); done; rm ${file}`
  );
}

/** Compares bytes with the pattern as they come. */
export class PatternReader {
  bytes = 0;

  take(data: Uint8Array): void {
    let at = 0;
    while (at < data.length) {
      const from = this.bytes % blockBytes;
      const length = Math.min(data.length - at, blockBytes - from);
      const expected = block.subarray(from, from + length);
      const actual = data.subarray(at, at + length);
      // Of native speed where all is well; the slow way tells the difference.
      if (Buffer.compare(actual, expected) !== 0) sameBytes(`from byte ${this.bytes} on`, actual, expected);
      this.bytes += length;
      at += length;
    }
  }
}

/** The pattern as a stream of the host. */
export function* pattern(blocks: number): Generator<Uint8Array, void> {
  for (let count = 0; count < blocks; count++) yield Uint8Array.from(block);
}

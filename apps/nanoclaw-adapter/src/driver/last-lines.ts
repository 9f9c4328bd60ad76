import { StringDecoder } from "node:string_decoder";

const mostLines = 10;
const longestLine = 2_000;

/** The last lines of a stream, whatever comes through it: a line that does not end is cut. */
export class LastLines {
  readonly #onLine: (line: string) => void;
  readonly #decoder = new StringDecoder("utf8");
  readonly #lines: string[] = [];
  #open = "";

  constructor(onLine: (line: string) => void = () => undefined) {
    this.#onLine = onLine;
  }

  add(chunk: Uint8Array): void {
    const pieces = this.#decoder.write(Buffer.from(chunk)).split("\n");
    for (const [index, piece] of pieces.entries()) {
      this.#open = (this.#open + piece).slice(0, longestLine);
      if (index < pieces.length - 1) this.#end();
    }
  }

  /** What has come until now, the line that has not ended among it. Values that must not be told are left out. */
  told(hidden: readonly string[]): string[] {
    const lines = this.#open === "" ? this.#lines : [...this.#lines, this.#open].slice(-mostLines);
    const secret = hidden.filter((value) => value.length >= shortestHidden);
    return lines.map((line) => secret.reduce((text, value) => text.replaceAll(value, "[hidden]"), line));
  }

  #end(): void {
    this.#lines.push(this.#open);
    if (this.#lines.length > mostLines) this.#lines.shift();
    this.#onLine(this.#open);
    this.#open = "";
  }
}

/** Shorter values are words such as "true", which hide nothing. */
const shortestHidden = 8;

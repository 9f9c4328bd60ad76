import { StringDecoder } from "node:string_decoder";
import { SandboxError } from "@nanoclaw/sandbox";

/** Bytes as they come, as whole lines. What has no end of line yet is held up to `maxBytes`. */
export class LineSplitter {
  readonly #decoder = new StringDecoder("utf8");
  readonly #maxBytes: number;
  /** In parts: joining them with each chunk would take quadratic time. */
  #parts: string[] = [];
  #length = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** @throws SandboxError `resource_exhausted` for a line that is longer. */
  push(chunk: Uint8Array): string[] {
    const [first = "", ...rest] = this.#decoder.write(Buffer.from(chunk)).split("\n");
    this.#hold(first);
    const lines: string[] = [];
    for (const part of rest) {
      lines.push(this.#take());
      this.#hold(part);
    }
    return lines;
  }

  /** What came after the last end of line. */
  end(): string[] {
    this.#hold(this.#decoder.end());
    return this.#length > 0 ? [this.#take()] : [];
  }

  #hold(part: string): void {
    if (part === "") return;
    this.#parts.push(part);
    this.#length += Buffer.byteLength(part);
    if (this.#length <= this.#maxBytes) return;
    throw new SandboxError(
      "resource_exhausted",
      `The agent wrote a line of more than ${this.#maxBytes} bytes.`,
      { hint: "Raise maxOutputBytes if such answers are expected." },
    );
  }

  #take(): string {
    const line = this.#parts.join("");
    this.#parts = [];
    this.#length = 0;
    return line.endsWith("\r") ? line.slice(0, -1) : line;
  }
}

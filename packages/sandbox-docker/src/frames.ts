import { type OutputChunk, SandboxError } from "@nanoclaw/sandbox/adapter";

const headerLength = 8;

/**
 * Takes apart the stream in which the engine carries standard output and error of a process without a
 * terminal: one byte for the stream, three of padding, four of length, then the bytes themselves. A piece is
 * handed on as it comes, as a view of what was read, whether or not its frame is complete.
 */
export class FrameReader {
  readonly #header = Buffer.alloc(headerLength);
  #headerFilled = 0;
  #payloadLeft = 0;
  #stream: OutputChunk["stream"] = "stdout";

  /** False within a frame: a stream that ends there was cut off. */
  get atBoundary(): boolean {
    return this.#payloadLeft === 0 && this.#headerFilled === 0;
  }

  /**
   * The output in the next bytes of the stream. Neighbours of one stream come as one: an engine may make a
   * frame of each line. Throws `adapter_fault` on bytes that are no frame.
   */
  *read(bytes: Uint8Array): Generator<OutputChunk, void> {
    let neighbours: Uint8Array[] = [];
    let stream = this.#stream;
    let position = 0;
    while (position < bytes.length) {
      if (this.#payloadLeft === 0) {
        position = this.#readHeader(bytes, position);
        continue;
      }
      if (this.#stream !== stream) {
        if (neighbours.length > 0) yield { stream, data: joined(neighbours) };
        neighbours = [];
        stream = this.#stream;
      }
      const end = Math.min(bytes.length, position + this.#payloadLeft);
      this.#payloadLeft -= end - position;
      neighbours.push(bytes.subarray(position, end));
      position = end;
    }
    if (neighbours.length > 0) yield { stream, data: joined(neighbours) };
  }

  #readHeader(bytes: Uint8Array, position: number): number {
    const end = Math.min(bytes.length, position + headerLength - this.#headerFilled);
    this.#header.set(bytes.subarray(position, end), this.#headerFilled);
    this.#headerFilled += end - position;
    if (this.#headerFilled === headerLength) {
      this.#headerFilled = 0;
      this.#stream = streamOf(this.#header);
      this.#payloadLeft = this.#header.readUInt32BE(4);
    }
    return end;
  }
}

function joined(pieces: Uint8Array[]): Uint8Array {
  const [first] = pieces;
  return first && pieces.length === 1 ? first : Buffer.concat(pieces);
}

function streamOf(header: Buffer): OutputChunk["stream"] {
  const [stream, ...padding] = header.subarray(0, 4);
  const padded = padding.every((byte) => byte === 0);
  if (padded && (stream === 0 || stream === 1)) return "stdout";
  if (padded && stream === 2) return "stderr";
  throw new SandboxError(
    "adapter_fault",
    `The engine sent output that is not in its own framing (header ${header.toString("hex")}).`,
  );
}

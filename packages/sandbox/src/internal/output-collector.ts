import type { OutputChunk } from "../contract/process.js";

/** Keeps the first bytes of each stream and drops the rest, so that memory has a bound. */
export class OutputCollector {
  truncated = false;
  readonly #limit: number;
  readonly #kept = { stdout: [] as Uint8Array[], stderr: [] as Uint8Array[] };
  readonly #room: { stdout: number; stderr: number };

  constructor(limit: number) {
    this.#limit = limit;
    this.#room = { stdout: limit, stderr: limit };
  }

  add({ stream, data }: OutputChunk): void {
    const room = this.#room[stream];
    if (data.length > room) this.truncated = true;
    if (room === 0) return;
    const kept = data.length > room ? data.subarray(0, room) : data;
    // A chunk may be a small view of a large buffer: what is kept for long gets its own memory.
    this.#kept[stream].push(kept.length * 2 < kept.buffer.byteLength ? Uint8Array.from(kept) : kept);
    this.#room[stream] = room - kept.length;
  }

  bytes(stream: OutputChunk["stream"]): Buffer {
    return Buffer.concat(this.#kept[stream], this.#limit - this.#room[stream]);
  }
}

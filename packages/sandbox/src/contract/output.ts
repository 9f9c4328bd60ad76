import type { Readable } from "node:stream";
import type { OutputChunk } from "./process.js";

/**
 * Two byte streams as one sequence of chunks in order of arrival. Reads no further ahead than one chunk of
 * each, so that a slow reader slows the writer down. Throws what a stream fails with.
 */
export async function* mergeOutput(stdout: Readable, stderr?: Readable): AsyncGenerator<OutputChunk, void> {
  type Step = { stream: OutputChunk["stream"]; result: IteratorResult<Uint8Array> };
  const sources = new Map<OutputChunk["stream"], AsyncIterator<Uint8Array>>();
  sources.set("stdout", stdout[Symbol.asyncIterator]());
  if (stderr) sources.set("stderr", stderr[Symbol.asyncIterator]());
  const step = (stream: OutputChunk["stream"], source: AsyncIterator<Uint8Array>): Promise<Step> =>
    source.next().then((result) => ({ stream, result }));
  const pending = new Map<OutputChunk["stream"], Promise<Step>>();
  for (const [stream, source] of sources) pending.set(stream, step(stream, source));
  try {
    while (pending.size > 0) {
      const { stream, result } = await Promise.race(pending.values());
      const source = sources.get(stream);
      if (result.done || !source) {
        pending.delete(stream);
        continue;
      }
      pending.set(stream, step(stream, source));
      yield { stream, data: result.value };
    }
  } finally {
    stdout.destroy();
    stderr?.destroy();
    for (const left of pending.values()) left.catch(() => undefined);
  }
}

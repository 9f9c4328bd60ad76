import type { Readable } from "node:stream";
import type { OutputChunk } from "./process.js";

interface Source {
  readonly stream: OutputChunk["stream"];
  readonly chunks: AsyncIterator<Uint8Array>;
}

/**
 * Two byte streams as one sequence of chunks in order of arrival. Reads no further ahead than one chunk of
 * each, so that a slow reader slows the writer down. Throws what a stream fails with. Reading begins with the
 * call: Node throws away what nobody has begun to read of a child process that ends.
 */
export function mergeOutput(stdout: Readable, stderr?: Readable): AsyncGenerator<OutputChunk, void> {
  const arrived: { source: Source; result?: IteratorResult<Uint8Array>; error?: unknown }[] = [];
  let wake: (() => void) | undefined;
  const pull = (source: Source): void => {
    // No Promise.race here: each race would hang on to its chunk until the quieter stream has moved.
    source.chunks.next().then(
      (result) => {
        arrived.push({ source, result });
        wake?.();
      },
      (error: unknown) => {
        arrived.push({ source, error });
        wake?.();
      },
    );
  };
  let open = 0;
  for (const [stream, readable] of [["stdout", stdout] as const, ["stderr", stderr] as const]) {
    if (!readable) continue;
    open++;
    pull({ stream, chunks: readable[Symbol.asyncIterator]() });
  }
  const merge = async function* (): AsyncGenerator<OutputChunk, void> {
    try {
      while (open > 0) {
        const next = arrived.shift();
        if (!next) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
          continue;
        }
        const { source, result } = next;
        if (!result) throw next.error;
        if (result.done) {
          open--;
          continue;
        }
        pull(source);
        yield { stream: source.stream, data: result.value };
      }
    } finally {
      stdout.destroy();
      stderr?.destroy();
    }
  };
  return merge();
}

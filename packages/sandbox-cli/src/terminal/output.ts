/** Whoever read our output has gone, as `head` does. Ends the program the way SIGPIPE ends others. */
export class ClosedPipe extends Error {
  override readonly name = "ClosedPipe";
}

/** To be called once. Without a listener a closed pipe would end this program before it has cleaned up. */
export function surviveClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
}

/** Returns when the system has taken all of it, so that a slow reader slows the writer down. */
export function write(
  stream: NodeJS.WriteStream,
  data: string | Uint8Array,
  signal?: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal?.reason);
    if (signal?.aborted) return stop();
    signal?.addEventListener("abort", stop);
    stream.write(data, (error) => {
      signal?.removeEventListener("abort", stop);
      if (error) reject(failure(error));
      else resolve();
    });
  });
}

function failure(cause: Error): Error {
  const closed = "code" in cause && cause.code === "EPIPE";
  return closed
    ? new ClosedPipe(cause.message, { cause })
    : new Error(`Output cannot be written: ${cause.message}`, { cause });
}

/** Waits until what was written has left this process. A reader that has gone, or never reads on, is not waited for. */
export async function flushOutput(): Promise<void> {
  const flushed = [process.stdout, process.stderr].map(
    (stream) => new Promise<void>((resolve) => stream.write("", () => resolve())),
  );
  await Promise.all(flushed);
}

/** One line for the user, on standard error: standard output belongs to the command. */
export function notice(line: string): void {
  process.stderr.write(`${line}\n`);
}

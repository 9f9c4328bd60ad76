/** What `within` throws when the time is up. */
export class DeadlineError extends Error {
  override readonly name = "DeadlineError";
}

/**
 * Waits for a promise, and no longer than this. What the promise stands for goes on: ending it is the caller's part.
 *
 * @throws `DeadlineError`, or the reason of the signal.
 */
export async function within<T>(promise: Promise<T>, timeoutMs: number, signal?: AbortSignal): Promise<T> {
  let giveUp = (_reason: unknown): void => undefined;
  const given = new Promise<never>((_resolve, reject) => {
    giveUp = reject;
  });
  const timer = setTimeout(() => giveUp(new DeadlineError(`no answer within ${timeoutMs} ms`)), timeoutMs);
  const onAbort = () => giveUp(signal?.reason);
  signal?.addEventListener("abort", onAbort, { once: true });
  if (signal?.aborted) onAbort();
  try {
    return await Promise.race([promise, given]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}

import { setTimeout as delay } from "node:timers/promises";

/** Waits, or rejects with the signal's reason. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await delay(milliseconds, undefined, { signal }).catch(() => {
    throw signal.reason;
  });
}

/** What a promise gives, unless the signal is aborted before. */
export async function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let give: (() => void) | undefined;
  try {
    return await Promise.race([
      promise,
      new Promise<never>((_, reject) => {
        give = () => reject(signal.reason);
        if (signal.aborted) give();
        else signal.addEventListener("abort", give, { once: true });
      }),
    ]);
  } finally {
    if (give) signal.removeEventListener("abort", give);
  }
}

/** Whether a promise has settled within this time. */
export async function settlesWithin(promise: Promise<unknown>, patienceMs: number): Promise<boolean> {
  const settled = promise.then(
    () => true,
    () => true,
  );
  return await abortable(settled, AbortSignal.timeout(patienceMs)).catch(() => false);
}

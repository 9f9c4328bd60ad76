import { setTimeout as delay } from "node:timers/promises";

/** Waits, or rejects with the signal's reason. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await delay(milliseconds, undefined, { signal }).catch(() => {
    throw signal.reason;
  });
}

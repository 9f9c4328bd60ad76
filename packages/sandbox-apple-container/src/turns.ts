import { abortable } from "./wait.js";

const last = new Map<string, Promise<unknown>>();

/**
 * One after the other for each key, in order. The service starts one container at a time whatever it is asked
 * (apple-container.md §9.3): so each start has its own time, and one that waits can still be given up.
 */
export async function inTurn<T>(key: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const before = last.get(key) ?? Promise.resolve();
  const turn = (async () => {
    await abortable(before, signal);
    return await work();
  })();
  // Whoever gives up waiting does not let the next one go ahead of those before.
  const settled = Promise.allSettled([before, turn]);
  last.set(key, settled);
  try {
    return await turn;
  } finally {
    void settled.then(() => {
      if (last.get(key) === settled) last.delete(key);
    });
  }
}

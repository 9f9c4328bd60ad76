import { abortable } from "./abortable.js";

const last = new Map<string, Promise<unknown>>();

/**
 * One after the other for each key, in order. For engines that take such calls one at a time whatever they are asked:
 * here one that waits has not begun its time, and can still be given up.
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

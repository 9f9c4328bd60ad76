import { abortable } from "@nanoclaw/sandbox/adapter";

/** Whether a promise has settled within this time. */
export async function settlesWithin(promise: Promise<unknown>, patienceMs: number): Promise<boolean> {
  const settled = promise.then(
    () => true,
    () => true,
  );
  return await abortable(settled, AbortSignal.timeout(patienceMs)).catch(() => false);
}

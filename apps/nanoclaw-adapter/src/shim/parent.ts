/** How soon a death is noticed, in milliseconds. */
const POLL_MS = 250;

/**
 * Calls back when the process that started this one has ended. Docker's own program would let the container run on,
 * which nobody listens to any more. No event tells it: standard input may be at its end since the start, and the end
 * of a reader of standard output shows only when there is something to write.
 */
export function onParentGone(gone: () => void): () => void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    gone();
  }, POLL_MS);
  timer.unref();
  return () => clearInterval(timer);
}

import { setTimeout as delay } from "node:timers/promises";

const POLL_INTERVAL_MS = 20;

/**
 * Looks again and again until nothing is left.
 *
 * @param look Gives what is still there: a list of anything with a readable text or JSON form, or `true` for "still
 *   there". It is gone when the list is empty, or the answer is `false`.
 * @param deadlineMs Milliseconds from now. One last look is taken when they are over.
 * @returns The milliseconds that it took.
 * @throws An `Error` that lists what is left after the deadline.
 */
export async function waitUntilGone(look: () => Left | Promise<Left>, deadlineMs: number): Promise<number> {
  const start = performance.now();
  for (;;) {
    const late = performance.now() - start >= deadlineMs;
    const left = await look();
    if (left === false || (left !== true && left.length === 0)) return performance.now() - start;
    if (late) throw new Error(`After ${deadlineMs} ms there is still left: ${describe(left)}`);
    await delay(POLL_INTERVAL_MS);
  }
}

type Left = boolean | readonly unknown[];

function describe(left: true | readonly unknown[]): string {
  if (left === true) return "what the test was waiting for";
  return left.map((item) => (typeof item === "string" ? item : JSON.stringify(item))).join("\n  ");
}

import { expect, test } from "vitest";
import { SharedRead } from "./shared-read.js";

const { signal } = new AbortController();

/** Reads that end when they are told to, in the order in which they began. */
class Reads {
  readonly signals: AbortSignal[] = [];
  readonly #ends: ((value: number) => void)[] = [];
  readonly shared = new SharedRead(
    (each) =>
      new Promise<number>((resolve, reject) => {
        this.signals.push(each);
        this.#ends.push(resolve);
        each.addEventListener("abort", () => reject(each.reason));
      }),
  );

  async begun(count: number): Promise<void> {
    await expect.poll(() => this.signals.length, { interval: 1 }).toBe(count);
  }

  end(index: number): void {
    this.#ends[index]?.(index);
  }
}

test("who asks while one is under way gets the next, together with all others", async () => {
  const reads = new Reads();
  const first = reads.shared.join(signal);
  await reads.begun(1);
  const others = [reads.shared.join(signal), reads.shared.join(signal), reads.shared.join(signal)];
  expect(reads.signals).toHaveLength(1);
  reads.end(0);
  await expect(first).resolves.toBe(0);
  await reads.begun(2);
  reads.end(1);
  await expect(Promise.all(others)).resolves.toEqual([1, 1, 1]);
  expect(reads.signals).toHaveLength(2);
});

test("who gives up hears his own reason, and the read goes on for the others", async () => {
  const reads = new Reads();
  const controller = new AbortController();
  const impatient = reads.shared.join(controller.signal);
  const patient = reads.shared.join(signal);
  await reads.begun(1);
  const reason = new Error("enough");
  controller.abort(reason);
  await expect(impatient).rejects.toBe(reason);
  expect(reads.signals[0]?.aborted).toBe(false);
  reads.end(0);
  await expect(patient).resolves.toBe(0);
});

test("one that nobody waits for is ended, and the next begins", async () => {
  const reads = new Reads();
  const controller = new AbortController();
  const only = reads.shared.join(controller.signal);
  await reads.begun(1);
  const next = reads.shared.join(signal);
  controller.abort(new Error("enough"));
  await expect(only).rejects.toThrow("enough");
  expect(reads.signals[0]?.aborted).toBe(true);
  await reads.begun(2);
  reads.end(1);
  await expect(next).resolves.toBe(1);
});

test("a next one that all have given up before it began is not the next one's", async () => {
  const reads = new Reads();
  const first = reads.shared.join(signal);
  await reads.begun(1);
  const controller = new AbortController();
  const givenUp = reads.shared.join(controller.signal);
  controller.abort(new Error("enough"));
  await expect(givenUp).rejects.toThrow("enough");
  const later = [reads.shared.join(signal), reads.shared.join(signal)];
  reads.end(0);
  await expect(first).resolves.toBe(0);
  await reads.begun(2);
  reads.end(1);
  await expect(Promise.all(later)).resolves.toEqual([1, 1]);
  expect(reads.signals).toHaveLength(2);
});

test("a failure is told to those who waited for it, and not to the next", async () => {
  let fails = true;
  const shared = new SharedRead(async () => {
    if (fails) throw new Error("broken");
    return 1;
  });
  await expect(Promise.allSettled([shared.join(signal), shared.join(signal)])).resolves.toMatchObject([
    { status: "rejected" },
    { status: "rejected" },
  ]);
  fails = false;
  await expect(shared.join(signal)).resolves.toBe(1);
});

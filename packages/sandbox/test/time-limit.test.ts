import { setTimeout as delay } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { TimeLimit } from "../src/internal/time-limit.js";

test("a time limit aborts by the time, and says so", async () => {
  using limit = new TimeLimit(new AbortController().signal, 20);
  const ended = new Promise((resolve) => limit.signal.addEventListener("abort", resolve));
  expect(limit.passed).toBe(false);
  await ended;
  expect(limit.passed).toBe(true);
});

test("a time limit aborts with the other signal and its reason, before and during", () => {
  const reason = new Error("enough");
  using before = new TimeLimit(AbortSignal.abort(reason), 60_000);
  expect(before.signal.reason).toBe(reason);
  const controller = new AbortController();
  using during = new TimeLimit(controller.signal, 60_000);
  controller.abort(reason);
  expect(during.signal.reason).toBe(reason);
  expect([before.passed, during.passed]).toEqual([false, false]);
});

test("a time limit that was let go has no effect", async () => {
  const controller = new AbortController();
  const limit = new TimeLimit(controller.signal, 10);
  limit[Symbol.dispose]();
  controller.abort();
  await delay(30);
  expect([limit.signal.aborted, limit.passed]).toEqual([false, false]);
});

test("a time limit that nobody but who waits knows is not lost to the garbage collector", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  let ended = 0;
  const wait = async (): Promise<void> => {
    using limit = new TimeLimit(new AbortController().signal, 100);
    await new Promise((resolve) => limit.signal.addEventListener("abort", resolve, { once: true }));
    ended++;
  };
  const waiting = Array.from({ length: 20 }, wait);
  collect();
  await delay(20);
  collect();
  await Promise.race([Promise.all(waiting), delay(5_000)]);
  expect(ended).toBe(20);
});

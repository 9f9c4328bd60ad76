import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { Deadline } from "./deadline.js";

test("ends by the time, and says so", async () => {
  using deadline = new Deadline(new AbortController().signal, 20);
  const ended = new Promise((resolve) => deadline.signal.addEventListener("abort", resolve));
  expect(deadline.passed).toBe(false);
  await ended;
  expect(deadline.passed).toBe(true);
});

test("ends with the other signal and its reason, before and during", () => {
  const reason = new Error("enough");
  using before = new Deadline(AbortSignal.abort(reason), 60_000);
  expect(before.signal.reason).toBe(reason);
  const controller = new AbortController();
  using during = new Deadline(controller.signal, 60_000);
  controller.abort(reason);
  expect(during.signal.reason).toBe(reason);
  expect([before.passed, during.passed]).toEqual([false, false]);
});

test("has no effect once it was let go", async () => {
  const controller = new AbortController();
  const deadline = new Deadline(controller.signal, 10);
  deadline[Symbol.dispose]();
  controller.abort();
  await delay(30);
  expect([deadline.signal.aborted, deadline.passed]).toEqual([false, false]);
});

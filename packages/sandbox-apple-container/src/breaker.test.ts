import { expect, test } from "vitest";
import { Breaker } from "./breaker.js";

const { signal } = new AbortController();

/** An engine whose test fails until it is told otherwise, and a clock. */
class Tested {
  fails = true;
  tests = 0;
  nowMs = 0;
  readonly breaker = new Breaker(
    async () => {
      this.tests++;
      if (this.fails) throw new Error("no answer");
    },
    () => this.nowMs,
  );
}

test("an engine that answers is never tested", async () => {
  const state = new Tested();
  await state.breaker.pass(signal);
  expect(state.tests).toBe(0);
});

test("after a call without an answer, calls fail at once until the engine answers again", async () => {
  const state = new Tested();
  const { breaker } = state;
  breaker.trip();
  const failed = { code: "engine_unavailable", hint: expect.stringContaining("container system") };
  await expect(Promise.all([breaker.pass(signal), breaker.pass(signal)])).rejects.toMatchObject(failed);
  await expect(breaker.pass(signal)).rejects.toMatchObject(failed);
  expect(state.tests).toBe(1);
  state.nowMs += 10_000;
  await expect(breaker.pass(signal)).rejects.toMatchObject(failed);
  expect(state.tests).toBe(2);
  state.nowMs += 10_000;
  state.fails = false;
  await breaker.pass(signal);
  await breaker.pass(signal);
  expect(state.tests).toBe(3);
});

test("a call that hung alone does not keep others back", async () => {
  const state = new Tested();
  state.fails = false;
  state.breaker.trip();
  await state.breaker.pass(signal);
  await state.breaker.pass(signal);
  expect(state.tests).toBe(1);
});

test("who gives up waiting hears his own reason", async () => {
  const breaker = new Breaker(() => new Promise(() => undefined));
  breaker.trip();
  const controller = new AbortController();
  const waiting = breaker.pass(controller.signal);
  const reason = new Error("enough");
  controller.abort(reason);
  await expect(waiting).rejects.toBe(reason);
});

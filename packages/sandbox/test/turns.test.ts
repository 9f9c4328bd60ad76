import { expect, test } from "vitest";
import { inTurn } from "../src/internal/turns.js";

test("one at a time for each key, and whoever gives up does not let others overtake", async () => {
  const { signal } = new AbortController();
  const order: string[] = [];
  let open = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const first = inTurn("a", signal, async () => {
    await gate;
    order.push("first");
  });
  const impatient = new AbortController();
  const second = inTurn("a", impatient.signal, async () => void order.push("second"));
  const third = inTurn("a", signal, async () => void order.push("third"));
  await inTurn("b", signal, async () => void order.push("other key"));
  impatient.abort(new Error("no time"));
  await expect(second).rejects.toThrow("no time");
  expect(order).toEqual(["other key"]);
  open();
  await Promise.all([first, third]);
  expect(order).toEqual(["other key", "first", "third"]);
});

test("a failure is not the next one's", async () => {
  const { signal } = new AbortController();
  const failing = inTurn("c", signal, () => Promise.reject(new Error("broken")));
  await expect(failing).rejects.toThrow("broken");
  await expect(inTurn("c", signal, async () => 1)).resolves.toBe(1);
});

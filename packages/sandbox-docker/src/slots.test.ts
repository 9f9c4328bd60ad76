import { expect, it } from "vitest";
import { Slots } from "./slots.js";

const { signal } = new AbortController();

it("lets no more work than there are slots, in the order in which they came", async () => {
  const slots = new Slots(2);
  const events: string[] = [];
  const finish: (() => void)[] = [];
  const work = (name: string) =>
    slots.run(signal, () => {
      events.push(name);
      return new Promise<void>((resolve) => finish.push(resolve));
    });
  const all = ["a", "b", "c", "d"].map(work);
  await Promise.resolve();
  expect(events).toEqual(["a", "b"]);
  finish[0]?.();
  await all[0];
  await Promise.resolve();
  expect(events).toEqual(["a", "b", "c"]);
  finish[1]?.();
  finish[2]?.();
  await all[2];
  finish[3]?.();
  await Promise.all(all);
  expect(events).toEqual(["a", "b", "c", "d"]);
});

it("gives a slot on after a failure, and passes over whoever gave up", async () => {
  const slots = new Slots(1);
  const controller = new AbortController();
  const failing = slots.run(signal, () => Promise.reject(new Error("failed")));
  const impatient = slots.run(controller.signal, () => Promise.resolve("not run"));
  const patient = slots.run(signal, () => Promise.resolve("run"));
  controller.abort(new Error("gave up"));
  await expect(impatient).rejects.toThrow("gave up");
  await expect(failing).rejects.toThrow("failed");
  expect(await patient).toBe("run");
});

import { expect, test } from "vitest";
import type { Tart } from "./engine.js";
import { sharedList } from "./shared-list.js";

const { signal } = new AbortController();

/** Answers with a machine named after the number of the list, when it is let. */
function countingTart() {
  const begun: (() => void)[] = [];
  const list = () =>
    new Promise((resolve) => {
      const name = String(begun.length + 1);
      begun.push(() => resolve([{ source: "local", name, state: "stopped" }]));
    });
  return { begun, tart: { program: "tart", home: "/home", list } as unknown as Tart };
}

const soon = () => new Promise((resolve) => setImmediate(resolve));

test("who asks while a list is under way gets the next one, and all of them the same", async () => {
  const { begun, tart } = countingTart();
  const first = sharedList(tart, signal);
  await soon();
  const later = [sharedList(tart, signal), sharedList(tart, signal)];
  await soon();
  expect(begun).toHaveLength(1);
  begun[0]?.();
  expect(await first).toMatchObject([{ name: "1" }]);
  await soon();
  begun[1]?.();
  for (const answer of await Promise.all(later)) expect(answer).toMatchObject([{ name: "2" }]);
  expect(begun).toHaveLength(2);
});

test("who gives up does not keep the others from their answer", async () => {
  const { begun, tart } = countingTart();
  const abort = new AbortController();
  const answers = [sharedList(tart, abort.signal), sharedList(tart, signal)];
  const reason = new Error("enough");
  await soon();
  abort.abort(reason);
  await expect(answers[0]).rejects.toBe(reason);
  begun[0]?.();
  expect(await answers[1]).toMatchObject([{ name: "1" }]);
});

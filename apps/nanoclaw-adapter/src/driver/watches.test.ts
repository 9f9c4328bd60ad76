import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import type { SessionEvent } from "./contract.js";
import { Watches } from "./watches.js";

const key = { installSlug: "slug", agentGroupId: "g", sessionId: "s" };

test("events reach those who listen to their installation, until they stop", () => {
  const watches = new Watches();
  const heard: string[] = [];
  const one = watches.listen("slug", ({ kind }) => heard.push(`one ${kind}`));
  watches.listen("slug", ({ kind }) => heard.push(`two ${kind}`));
  watches.listen("another", () => heard.push("another"));
  watches.tell({ key, kind: "phase" });
  one.stop();
  one.stop();
  watches.tell({ key, kind: "terminal" });
  expect(heard).toEqual(["one phase", "two phase", "two terminal"]);
});

test("a session that was found is looked at until it has ended, through every failure of its engine", async () => {
  const watches = new Watches(1);
  const answers: (boolean | "no answer")[] = [true, "no answer", "no answer", "no answer", true, false];
  let looks = 0;
  const ended = new Promise<SessionEvent>((resolve) => watches.listen("slug", resolve));
  watches.watch({
    key,
    lives: async () => {
      const answer = answers[looks++] ?? false;
      if (answer === "no answer") throw new Error("The engine does not answer.");
      return answer;
    },
  });
  // Timers that nothing waits for must not keep a program alive, and this test is one.
  const alive = setInterval(() => undefined, 1_000);
  expect(await ended).toEqual({ key, kind: "terminal" });
  clearInterval(alive);
  expect(looks).toBe(answers.length);
  await delay(20);
  expect(looks).toBe(answers.length);
});

test("nobody is looked at while nobody listens", async () => {
  const watches = new Watches(1);
  let looks = 0;
  watches.watch({ key, lives: async () => looks++ < 0 });
  await delay(20);
  expect(looks).toBe(0);
});

import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { progressTo } from "./progress.js";
import { scenarioIds } from "./scenarios/index.js";
import { aboutTime, expectedSeconds, shareMs, timeLeftMs } from "./time-left.js";

test("on a terminal a line takes the place of the one before, and fits its width", () => {
  const { stream, text } = output({ isTTY: true, columns: 10 });
  const progress = progressTo(stream);
  progress.now("one");
  progress.now("a line that is too long");
  progress.say("stays");
  expect(text()).toBe(`${cleared}one${cleared}a line th${cleared}stays\n`);
});

test("elsewhere there are plain lines alone", () => {
  const { stream, text } = output({});
  const progress = progressTo(stream);
  progress.now("one");
  progress.say("stays");
  progress.clear();
  expect(text()).toBe("stays\n");
});

test("the time left follows what the run has taken so far", () => {
  const ids = ["a", "b", "c", "d"];
  const at = (index: number, part: number, elapsedMs: number) =>
    timeLeftMs("full", ids, { index, part, elapsedMs });
  expect(at(0, 0, 0)).toBeUndefined();
  expect(at(1, 0, 10_000)).toBeCloseTo(30_000);
  expect(at(2, 0.5, 10_000)).toBeCloseTo(6_000);
  expect(at(3, 1, 10_000)).toBeCloseTo(0);
});

test("a question that needs less than its share leaves the rest to those that follow", () => {
  const ids = ["a", "b", "c", "d"];
  expect(shareMs("full", ids, 0, 40_000)).toBeCloseTo(10_000);
  expect(shareMs("full", ids, 1, 39_000)).toBeCloseTo(13_000);
  expect(shareMs("full", ids, 3, 5_000)).toBeCloseTo(5_000);
  expect(shareMs("full", ids, 2, -1_000)).toBeLessThan(0);
});

test("every question has its share of the time", () => {
  for (const shares of Object.values(expectedSeconds)) {
    expect(Object.keys(shares).sort()).toEqual([...scenarioIds].sort());
  }
});

test("a time is told as a person says it", () => {
  expect(aboutTime(400)).toBe("about 5 s left");
  expect(aboutTime(31_000)).toBe("about 35 s left");
  expect(aboutTime(61_000)).toBe("about 2 min left");
});

const cleared = "\u001b[2K\u001b[1G";

function output(properties: object) {
  const stream = Object.assign(new PassThrough().setEncoding("utf8"), properties);
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => String(stream.read()) };
}

import { expect, test } from "vitest";
import { seededRandom, shuffle } from "./random.js";
import { median, medianInterval, medianRatio, quantile } from "./statistics.js";

test("the median of an even number of values lies between the middle two", () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([10, 9, 100])).toBe(10);
  expect(median([])).toBeNaN();
});

test("quantiles are those of R and NumPy", () => {
  // numpy.quantile([15, 20, 35, 40, 50], [0.05, 0.4, 0.95])
  expect(quantile([50, 15, 40, 20, 35], 0.05)).toBeCloseTo(16, 10);
  expect(quantile([50, 15, 40, 20, 35], 0.4)).toBeCloseTo(29, 10);
  expect(quantile([50, 15, 40, 20, 35], 0.95)).toBeCloseTo(48, 10);
});

test("sorts by value and not by text", () => {
  expect(median([9, 10, 100])).toBe(10);
});

test("the ratio of constants has no uncertainty", () => {
  expect(medianRatio([3, 3, 3], [6, 6, 6, 6])).toEqual({ value: 0.5, low: 0.5, high: 0.5 });
});

test("the same seed gives the same interval", () => {
  const values = noisy(10, 30, 1);
  const baseline = noisy(20, 30, 2);
  expect(medianRatio(values, baseline, 7)).toEqual(medianRatio(values, baseline, 7));
});

test("the interval holds the true ratio in about 95 of 100 runs", () => {
  let held = 0;
  for (let index = 0; index < 200; index++) {
    const ratio = medianRatio(noisy(10, 25, index + 1), noisy(20, 25, index + 1_001));
    if (ratio && ratio.low <= 0.5 && ratio.high >= 0.5) held++;
  }
  expect(held).toBeGreaterThanOrEqual(180);
  expect(held).toBeLessThanOrEqual(200);
});

test("more samples make the interval narrower", () => {
  const width = (count: number) => {
    const ratio = medianRatio(noisy(10, count, 3), noisy(20, count, 4));
    return ratio ? ratio.high - ratio.low : Number.NaN;
  };
  expect(width(400)).toBeLessThan(width(20) / 2);
});

test("the interval of a median holds the true one in about 95 of 100 runs", () => {
  let held = 0;
  for (let index = 0; index < 200; index++) {
    const estimate = medianInterval(noisy(10, 25, index + 1));
    if (estimate && estimate.low <= 10 && estimate.high >= 10) held++;
  }
  expect(held).toBeGreaterThanOrEqual(180);
  expect(held).toBeLessThanOrEqual(199);
  expect(medianInterval([])).toBeUndefined();
});

test("there is no ratio to nothing", () => {
  expect(medianRatio([], [1])).toBeUndefined();
  expect(medianRatio([1], [])).toBeUndefined();
  expect(medianRatio([1], [0, 0])).toBeUndefined();
});

test("a shuffle keeps all items and does not favour a place", () => {
  const random = seededRandom(11);
  const firsts = new Map<string, number>();
  for (let index = 0; index < 3_000; index++) {
    const shuffled = shuffle(["a", "b", "c"], random);
    expect([...shuffled].sort()).toEqual(["a", "b", "c"]);
    const [first = ""] = shuffled;
    firsts.set(first, (firsts.get(first) ?? 0) + 1);
  }
  for (const item of ["a", "b", "c"]) expect(firsts.get(item)).toBeGreaterThan(900);
});

/** Values around a middle, the same for the same seed. */
function noisy(middle: number, count: number, seed: number): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => middle * (1 + (random() - 0.5) * 0.4));
}

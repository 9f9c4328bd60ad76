import { expect, test } from "vitest";
import { seededRandom } from "../random.js";
import { normalQuantile, shiftOf } from "./shift.js";

test("quantiles are those of R's qnorm", () => {
  expect(normalQuantile(0.975)).toBeCloseTo(1.959964, 4);
  expect(normalQuantile(0.9995)).toBeCloseTo(3.290527, 3);
});

test("the factor and its interval are those of the tables", () => {
  // For 10 and 10 values the critical value of U at 5 % is 23: the interval leaves out 23 of 100 pairs on either side.
  const values = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
  const shift = shiftOf(
    values,
    values.map((value) => value * 2),
    0.05,
  );
  expect(shift?.value).toBeCloseTo(2, 10);
  const factors = values.flatMap((a) => values.map((b) => (b * 2) / a)).sort((a, b) => a - b);
  expect(shift?.low).toBeCloseTo(factors[23] ?? 0, 10);
  expect(shift?.high).toBeCloseTo(factors[76] ?? 0, 10);
});

test("the interval of 95 % holds the true factor in about 95 of 100 cases", () => {
  let held = 0;
  for (let index = 0; index < 300; index++) {
    const shift = shiftOf(skewed(100, 25, index + 1), skewed(150, 25, index + 1_001), 0.05);
    if (shift && shift.low <= 1.5 && shift.high >= 1.5) held++;
  }
  expect(held).toBeGreaterThanOrEqual(273);
  expect(held).toBeLessThanOrEqual(297);
});

test("one wild sample moves it little", () => {
  const values = skewed(100, 30, 1);
  expect(shiftOf(values, [...values.slice(1), 1e9], 0.05)?.value).toBeCloseTo(1, 1);
});

test("too few samples have no limits, and none have no factor", () => {
  expect(shiftOf([1, 2], [1, 2], 0.001)).toMatchObject({ low: 0, high: Number.POSITIVE_INFINITY });
  expect(shiftOf([], [1], 0.05)).toBeUndefined();
  expect(shiftOf([0, 1], [1, 2], 0.05)).toBeUndefined();
});

/** Like times: many close to the least, few far above. */
function skewed(least: number, count: number, seed: number): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => least * (1 - 0.1 * Math.log(1 - random())));
}

import { expect, test } from "vitest";
import { axisOf } from "./axis.js";
import { swarm } from "./swarm.js";

test("dots that are apart stand in the middle, dots that are together above and below it, none on another", () => {
  expect(swarm([10, 100, 200], 3, 20).map(({ offset }) => Math.abs(offset))).toEqual([0, 0, 0]);
  const together = swarm([50, 50, 50, 51], 3, 20).map(({ offset }) => offset);
  expect([...together].sort((a, b) => a - b)).toEqual([-12, -6, 0, 6]);
});

test("however many dots are together, they stay within their row and at their values", () => {
  const dots = swarm(new Array(1_000).fill(50), 2, 19);
  for (const { x, offset } of dots) {
    expect(x).toBe(50);
    expect(Math.abs(offset)).toBeLessThanOrEqual(17 + 1e-9);
  }
  expect(new Set(dots.map(({ offset }) => offset)).size).toBe(1_000);
});

test("an axis begins at 0, unless values are so far apart that ratios say more", () => {
  expect(axisOf([10, 30], "ms", "fitting")).toMatchObject({ type: "linear", label: "milliseconds" });
  expect(axisOf([10, 30], "ms", "fitting").domain[0]).toBe(0);
  const wide = axisOf([0.5, 300], "ms", "fitting");
  expect(wide).toMatchObject({ type: "log", ticks: [1, 10, 100], label: "milliseconds, logarithmic" });
  expect(axisOf([0.5, 300], "ms", "linear").type).toBe("linear");
});

test("what has zeros or less, or counts, is never on a logarithmic axis", () => {
  expect(axisOf([0, 300], "ms", "logarithmic").type).toBe("linear");
  expect(axisOf([1, 300], "count", "logarithmic").type).toBe("linear");
  const negative = axisOf([-4 * 1024 ** 2, 8 * 1024 ** 2], "bytes", "logarithmic");
  expect(negative).toMatchObject({ type: "linear", divisor: 1024 ** 2, label: "MiB" });
  expect(negative.domain[0]).toBeLessThan(-4);
});

test("only zeros and one value alone have an axis too", () => {
  for (const values of [[0], [0, 0], [5]]) {
    for (const unit of ["ms", "bytes", "count"] as const) {
      const { domain, ticks } = axisOf(values, unit, "fitting");
      expect(domain[1]).toBeGreaterThan(domain[0]);
      expect(ticks.length).toBeGreaterThan(1);
      expect(ticks.every(Number.isFinite)).toBe(true);
    }
  }
});

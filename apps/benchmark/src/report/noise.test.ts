import { expect, test } from "vitest";
import { seededRandom } from "../random.js";
import { noiseOf } from "./noise.js";
import { resultOf, seriesOf } from "./result-of.js";

const random = seededRandom(3);
const steady = (middle = 100) => Array.from({ length: 40 }, () => middle * (1 + (random() - 0.5) * 0.1));

test("a quiet run gives no reason for doubt", () => {
  expect(noiseOf(resultOf([seriesOf("sandbox", "destroy", "time", steady())]))).toEqual([]);
});

test("a machine that was busy before the run is told", () => {
  const load = { before: [1.2, 1, 1], after: [1, 1, 1] };
  expect(noiseOf({ ...resultOf([]), load })).toEqual([
    "The machine was busy before the run began: a load of 1.20 on 2 cores.",
  ]);
});

test("series that drift make a noisy run, one of five does not", () => {
  const drifting = seriesOf("sandbox", "destroy", "time", [...steady(100), ...steady(130)]);
  const quiet = () => seriesOf("sandbox", "destroy", "time", steady());
  expect(noiseOf(resultOf([drifting, quiet()]))[0]).toContain("In 1 of 2 series");
  expect(noiseOf(resultOf([drifting, quiet(), quiet(), quiet(), quiet()]))).toEqual([]);
});

test("series whose neighbours disagree make a noisy run", () => {
  const jumping = Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? 100 : 120));
  expect(noiseOf(resultOf([seriesOf("sandbox", "destroy", "time", jumping)]))[0]).toContain("1 of 1");
});

test("few samples, and what is not a time, are not judged", () => {
  expect(noiseOf(resultOf([seriesOf("sandbox", "destroy", "time", [1, 2, 3, 4])]))).toEqual([]);
  const bytes = [...steady(100), ...steady(200)];
  expect(noiseOf(resultOf([seriesOf("sandbox", "memory", "growth", bytes, "bytes")]))).toEqual([]);
});

import { expect, test } from "vitest";
import type { Series } from "../measurement.js";
import type { RunResult } from "../result.js";
import { verdictsOf } from "./checks.js";
import { showable } from "./emulated.js";
import { comparisonsOf } from "./figures.js";
import { formatRatio, formatValue } from "./format.js";
import { markdownOf } from "./markdown.js";
import { resultOf, seriesOf } from "./result-of.js";
import { tableOf } from "./table.js";
import { allHold } from "./verdicts.js";

const promise = "cold start below Engine API create, start, exec";

test("a promise is kept, broken or not to be judged", () => {
  const judged = (sandbox: number, baseline: number, count: number) =>
    outcomes(
      resultOf([
        seriesOf("sandbox", "cold-start", "first-output", repeat(sandbox, count)),
        seriesOf("engine-api", "cold-start", "first-output", repeat(baseline, count)),
      ]),
    )[promise];
  expect(judged(100, 120, 20)).toBe("pass");
  expect(judged(120, 100, 20)).toBe("fail");
  expect(judged(100, 120, 19)).toBe("unknown");
});

test("a cold start is compared with the whole of docker run --rm", () => {
  const verdicts = outcomes(
    resultOf([
      seriesOf("sandbox", "cold-start", "first-output", repeat(170, 20)),
      seriesOf("sandbox", "cold-start", "whole", repeat(400, 20)),
      seriesOf("docker-cli", "cold-start", "first-output", repeat(190, 20)),
      seriesOf("docker-cli", "cold-start", "whole", repeat(285, 20)),
    ]),
  );
  expect(verdicts["cold start ≤ 0.80 of docker run --rm"]).toBe("pass");
  expect(verdicts["cold start below the first output of docker run --rm"]).toBe("pass");
});

test("one wrong output breaks the promise, however fast the others are", () => {
  const sandbox = seriesOf("sandbox", "eight-at-once", "latency", repeat(1, 1_000));
  const all = (failures: Series["failures"]) => outcomes(resultOf([{ ...sandbox, failures }]));
  const line = "8 at once, 1,000 in all: every output right";
  expect(all([])[line]).toBe("pass");
  expect(all([{ round: 0, message: "Wrong output" }])[line]).toBe("fail");
});

test("one slow worker breaks the promise that none is slower", () => {
  const samples = (slow: number) =>
    Array.from({ length: 80 }, (_, index) => ({
      value: index % 8 === 3 ? slow : 5,
      round: 0,
      atMs: 0,
      worker: index % 8,
    }));
  const judged = (slow: number) =>
    outcomes(
      resultOf([
        { ...seriesOf("sandbox", "eight-at-once", "latency", []), samples: samples(slow) },
        seriesOf("engine-api", "eight-at-once", "latency", repeat(40, 80)),
      ]),
    )["8 at once: no worker's median above Engine API exec"];
  expect(judged(39)).toBe("pass");
  expect(judged(41)).toBe("fail");
});

test("a single sample over the limit breaks a promise about clean-up", () => {
  const judged = (values: number[]) =>
    outcomes(resultOf([seriesOf("sandbox", "residue", "gone", values)]))[
      "owner killed: nothing left within 2 s, ever"
    ];
  expect(judged([100, 1_999])).toBe("pass");
  expect(judged([100, 2_001])).toBe("fail");
});

test("a harness that adds a tenth of a millisecond breaks its promise", () => {
  const judged = (ms: number) =>
    outcomes(resultOf([seriesOf("sandbox", "empty", "time", repeat(ms, 50))]))[
      "the harness adds < 0.1 ms to a sample"
    ];
  expect(judged(0.05)).toBe("pass");
  expect(judged(0.1)).toBe("fail");
});

test("nothing judged is not everything kept", () => {
  expect(allHold(verdictsOf(resultOf([])))).toBe(false);
});

test("a baseline has the ratio of the sandbox to it, memory and counts have none", () => {
  const [time, memory] = comparisonsOf(
    resultOf([
      seriesOf("sandbox", "destroy", "time", [5, 5, 5]),
      seriesOf("engine-api", "destroy", "time", [10, 10, 10]),
      seriesOf("sandbox", "slow-reader", "growth", [5], "bytes"),
      seriesOf("engine-api", "slow-reader", "growth", [10], "bytes"),
    ]),
  );
  expect(time?.figures.map(({ ratio }) => ratio?.value)).toEqual([undefined, 0.5]);
  expect(memory?.figures.map(({ ratio }) => ratio?.value)).toEqual([undefined, undefined]);
});

test("table and Markdown show every figure, and say who was not measured and why", () => {
  const silent = seriesOf("testcontainers", "destroy", "time", []);
  const result = resultOf([
    seriesOf("sandbox", "destroy", "time", [80, 90, 100]),
    { ...silent, failures: [{ round: 0, message: "no such image" }] },
  ]);
  for (const text of [tableOf(result), markdownOf(result)]) {
    expect(text).toContain("90 ms");
    expect(text).toContain("destroy, docker: failed: no such image (testcontainers)");
    expect(text).toContain("local: not measured. bwrap was not found");
    expect(text).toContain("docker: The docker command is not installed. (docker CLI)");
    expect(text).toContain("Interrupted");
  }
});

test("figures of an emulator are left out with the reason, or marked wherever they stand", () => {
  const destroys = { ...seriesOf("sandbox", "destroy", "time", [80, 90, 100]), engine: "tart" };
  const result: RunResult = {
    ...resultOf([destroys]),
    engines: [{ label: "tart", details: {}, emulated: "An emulator answered.", contenders: [] }],
  };
  for (const report of [tableOf, markdownOf]) {
    const without = report(showable(result, { includeEmulated: false }));
    expect(without).not.toContain("90 ms");
    expect(without).toContain("tart: not measured. An emulator answered.");
    const marked = report(showable(result, { includeEmulated: true }));
    expect(marked).toContain("90 ms");
    expect(marked.match(/\btart\b(?! \(emulated\))/g)).toBeNull();
  }
});

test("figures have three digits or so", () => {
  expect(formatValue(0.04567, "ms")).toBe("0.046 ms");
  expect(formatValue(1.2345, "ms")).toBe("1.23 ms");
  expect(formatValue(12.345, "ms")).toBe("12.3 ms");
  expect(formatValue(1234.5, "ms")).toBe("1235 ms");
  expect(formatValue(1536 * 1024, "bytes")).toBe("1.50 MiB");
  expect(formatRatio({ value: 0.5, low: 0.25, high: 1.5 })).toBe("0.50 (0.25–1.50)");
});

function outcomes(result: RunResult): Record<string, string> {
  return Object.fromEntries(verdictsOf(result).map((verdict) => [verdict.promise, verdict.outcome]));
}

function repeat(value: number, count: number): number[] {
  return Array.from({ length: count }, () => value);
}

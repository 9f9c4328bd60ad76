import { expect, test } from "vitest";
import { readResult } from "../parse-result.js";
import { seededRandom } from "../random.js";
import { resultOf, seriesOf } from "../report/result-of.js";
import type { RunResult } from "../result.js";
import { differencesOf } from "./comparable.js";
import { compareResults } from "./compare.js";

/** A run on a machine that had other work to do: its samples scatter more than those of a quiet one. */
const recorded = readResult(new URL("../../test/recorded-run.json", import.meta.url).pathname);

test("two runs of the same code: at most one pair of ten has a false alarm", () => {
  const alarms = pairs(10).map(([a, b]) => findingsOf(a, b).filter((finding) => finding === "regression"));
  expect(alarms.filter((found) => found.length > 0).length).toBeLessThanOrEqual(1);
});

test("over many pairs no more false alarms than promised", () => {
  const alarms = pairs(100, 1_000).filter(([a, b]) =>
    findingsOf(a, b).some((finding) => finding === "regression" || finding === "improvement"),
  );
  expect(alarms.length).toBeLessThanOrEqual(10);
});

test.each(["docker", "local"])(
  "20 ms more in a cold start on %s are found in ten of ten, and where",
  (engine) => {
    for (let index = 0; index < 10; index++) {
      const before = quietRun(2 * index + 1);
      const after = slower(quietRun(2 * index + 2), "cold-start", (ms) => ms + 20, engine);
      const compared = compareResults(before, after);
      const regressions = compared.filter(({ finding }) => finding === "regression");
      expect(regressions.length).toBeGreaterThan(0);
      for (const { later } of regressions)
        expect([later.scenario, later.engine]).toEqual(["cold-start", engine]);
    }
  },
);

test("on a busy machine a cold start of twice the time is still found in ten of ten", () => {
  for (const [a, b] of pairs(10, 2_000)) {
    const compared = compareResults(
      a,
      slower(b, "cold-start", (ms) => ms * 2),
    );
    const found = compared
      .filter(({ finding }) => finding === "regression")
      .map(({ later }) => later.scenario);
    expect(new Set(found)).toEqual(new Set(["cold-start"]));
  }
});

test("half the time is an improvement, and no regression anywhere", () => {
  for (const [a, b] of pairs(10, 3_000)) {
    const findings = compareResults(
      a,
      slower(b, "next-command", (ms) => ms * 0.5),
    );
    const improved = findings.filter(({ finding }) => finding === "improvement");
    expect(improved.map(({ later }) => later.scenario)).toContain("next-command");
    expect(findings.some(({ finding }) => finding === "regression")).toBe(false);
  }
});

test("a machine that is slower for everybody is no regression", () => {
  for (const [a, b] of pairs(10, 4_000)) {
    const all = { ...b, series: b.series.map((one) => scaled(one, (ms) => ms * 1.3)) };
    const wrong = compareResults(a, all).filter(({ finding }) => finding === "regression");
    // What has no baseline beside it is judged against all baselines, which moved alike.
    expect(wrong.length).toBeLessThanOrEqual(1);
  }
});

test("a difference that is sure and small is noise", () => {
  const steady = (middle: number) => Array.from({ length: 200 }, (_, index) => middle + (index % 7) * 0.01);
  const found = (before: number, after: number) =>
    compareResults(
      resultOf([seriesOf("sandbox", "destroy", "time", steady(before))]),
      resultOf([seriesOf("sandbox", "destroy", "time", steady(after))]),
    )[0]?.finding;
  expect(found(100, 104)).toBe("noise");
  expect(found(100, 106)).toBe("regression");
  expect(found(100, 94)).toBe("improvement");
  // 9 % of next to nothing is what the harness itself may add.
  expect(found(1, 1.09)).toBe("noise");
});

test("a difference between runs that is no larger than one within a run is noise", () => {
  const steady = (middle: number, count: number) =>
    Array.from({ length: count }, (_, index) => middle + (index % 7) * 0.01);
  const found = (before: number[], after: number[]) =>
    compareResults(
      resultOf([seriesOf("sandbox", "destroy", "time", before)]),
      resultOf([seriesOf("sandbox", "destroy", "time", after)]),
    )[0]?.finding;
  const drifting = [...steady(110, 50), ...steady(140, 50)];
  expect(found(steady(100, 100), drifting)).toBe("noise");
  expect(found(steady(80, 100), drifting)).toBe("regression");
  expect(found(drifting, steady(100, 100))).toBe("noise");
});

test("what must not be there is counted: one more than ever before is a regression", () => {
  const found = (before: number[], after: number[]) =>
    compareResults(
      resultOf([seriesOf("sandbox", "residue", "left", before, "count")]),
      resultOf([seriesOf("sandbox", "residue", "left", after, "count")]),
    )[0]?.finding;
  expect(found([0, 0, 0], [0, 0, 0])).toBe("noise");
  expect(found([0, 0, 0], [0, 1, 0])).toBe("regression");
});

test("what fails now is a regression, what has too few samples is not judged", () => {
  const before = resultOf([seriesOf("sandbox", "destroy", "time", [1, 2, 3])]);
  const failing = before.series.map((one) => ({ ...one, failures: [{ round: 0, message: "gone" }] }));
  expect(compareResults(before, { ...before, series: failing })[0]).toMatchObject({
    finding: "regression",
    why: "fails now: gone",
  });
  expect(compareResults(before, before)[0]).toMatchObject({ finding: "not judged", why: "too few samples" });
});

test("runs that cannot be compared say why", () => {
  expect(differencesOf(recorded, recorded)).toEqual([]);
  const host = { ...recorded.host, kernel: "Linux 99", coreCount: 64 };
  expect(differencesOf(recorded, { ...recorded, host })).toEqual([
    `Cores: ${recorded.host.coreCount} before, 64 after.`,
    `Kernel: ${recorded.host.kernel} before, Linux 99 after.`,
  ]);
  expect(differencesOf(recorded, { ...recorded, form: "short" })[0]).toContain("Form");
  const engines = recorded.engines.map((engine) => ({ ...engine, version: "99" }));
  expect(differencesOf(recorded, { ...recorded, engines })[0]).toContain("99 after");
  const absent = recorded.engines.map((engine) => ({ ...engine, absent: "gone" }));
  expect(differencesOf(recorded, { ...recorded, engines: absent })).toEqual([
    "No engine was measured in both.",
  ]);
});

test("another version of the sandbox itself is what is compared", () => {
  const engines = recorded.engines.map((engine) => ({
    ...engine,
    contenders: engine.contenders.map((one) =>
      one.role === "sandbox" ? { ...one, versions: { "@nanoclaw/sandbox": "99" } } : one,
    ),
  }));
  expect(differencesOf(recorded, { ...recorded, engines })).toEqual([]);
});

/** Pairs of runs as the recorded machine would give them again, drawn from its samples. */
function pairs(count: number, seed = 0): Array<[RunResult, RunResult]> {
  return Array.from({ length: count }, (_, index) => [
    drawnAgain(seed + 2 * index + 1),
    drawnAgain(seed + 2 * index + 2),
  ]);
}

function drawnAgain(seed: number): RunResult {
  const random = seededRandom(seed);
  return {
    ...recorded,
    series: recorded.series.map((one) => ({
      ...one,
      samples: one.samples.map((sample) => {
        const drawn = one.samples[Math.floor(random() * one.samples.length)];
        return { ...sample, value: drawn?.value ?? sample.value };
      }),
    })),
  };
}

/**
 * Made-up samples of a quiet machine: as many as a full run takes, around the medians and with the 95th percentiles
 * that docs/benchmarks.md has, and as many other rows beside them as a full run judges.
 */
function quietRun(seed: number): RunResult {
  const random = seededRandom(seed);
  const draw = (count: number, middle: number, p95: number) =>
    Array.from({ length: count }, () => {
      // Box and Muller: a normal number from two even ones.
      const deviations = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
      return middle * Math.exp((deviations * Math.log(p95 / middle)) / 1.645);
    });
  const on = (engine: string, contender: string, metric: string, values: number[]) => ({
    ...seriesOf(contender, "cold-start", metric, values),
    engine,
  });
  const others = Array.from({ length: 46 }, (_, index) =>
    seriesOf("sandbox", `other-${index}`, "time", draw(30, 100, 120)),
  );
  return resultOf([
    on("docker", "sandbox", "first-output", draw(80, 232, 268)),
    on("docker", "sandbox", "whole", draw(80, 340, 369)),
    on("docker", "docker-cli", "first-output", draw(30, 244, 278)),
    on("docker", "engine-api", "first-output", draw(30, 274, 318)),
    on("local", "sandbox", "first-output", draw(80, 18.8, 22)),
    on("local", "sandbox", "whole", draw(80, 23.3, 27.8)),
    on("local", "bwrap", "first-output", draw(30, 6.62, 9.45)),
    ...others,
  ]);
}

function slower(
  result: RunResult,
  scenario: string,
  change: (ms: number) => number,
  engine?: string,
): RunResult {
  const isMeant = (one: RunResult["series"][number]) =>
    one.scenario === scenario && one.role === "sandbox" && one.engine === (engine ?? one.engine);
  const series = result.series.map((one) => (isMeant(one) ? scaled(one, change) : one));
  return { ...result, series };
}

function scaled(one: RunResult["series"][number], change: (ms: number) => number) {
  return { ...one, samples: one.samples.map((sample) => ({ ...sample, value: change(sample.value) })) };
}

function findingsOf(a: RunResult, b: RunResult) {
  return compareResults(a, b).map(({ finding }) => finding);
}

import type { Series } from "../measurement.js";
import { valuesOf } from "../report/figures.js";
import type { RunResult } from "../result.js";
import { type Control, controlOf } from "./control.js";
import { type Shift, shiftOf } from "./shift.js";

/** A smaller difference is not worth a word, however sure it is: 5 %, either way. */
const LEAST_FACTOR = 1.05;
/** The same for times, whatever the factor: the harness itself may add up to 0.1 ms. */
const LEAST_MS = 0.1;
/** How often a comparison of two runs may find a difference where there is none, all of its rows together. */
export const FALSE_ALARMS = 0.05;

export type Finding = "improvement" | "regression" | "noise" | "control" | "not judged";

/** One series in two runs. */
export interface ComparedSeries {
  readonly earlier: Series;
  readonly later: Series;
  readonly finding: Finding;
  /** Later ÷ earlier. Absent for counts, and where there are no samples. */
  readonly shift?: Shift;
  /** Set where it was judged against what baselines of the same question did. */
  readonly control?: Control;
  readonly why?: string;
}

/** Every series that both runs have. Only the sandbox's own are judged: baselines tell what the machine did. */
export function compareResults(earlier: RunResult, later: RunResult): ComparedSeries[] {
  const pairs = earlier.series.flatMap((before) => {
    const after = later.series.find((one) => keyOf(one) === keyOf(before));
    return after ? [[before, after] as const] : [];
  });
  const judged = pairs.filter(([before]) => before.role === "sandbox" && before.unit !== "count").length;
  const errorPart = FALSE_ALARMS / Math.max(1, judged);
  return pairs.map(([before, after]) => {
    const pair = { earlier: before, later: after };
    if (before.role === "baseline") {
      const shift = before.unit === "count" ? undefined : shiftOf(valuesOf(before), valuesOf(after), 0.05);
      return { ...pair, finding: "control", ...(shift === undefined ? {} : { shift }) };
    }
    return { ...pair, ...judge(before, after, pairs, errorPart) };
  });
}

type Judgement = Omit<ComparedSeries, "earlier" | "later">;

function judge(
  before: Series,
  after: Series,
  pairs: ReadonlyArray<readonly [Series, Series]>,
  errorPart: number,
): Judgement {
  if (after.failures.length > 0 && before.failures.length === 0) {
    return { finding: "regression", why: `fails now: ${after.failures[0]?.message}` };
  }
  if (before.samples.length === 0 || after.samples.length === 0) {
    return {
      finding: "not judged",
      why: (after.samples.length === 0 ? after : before).remark ?? "no sample",
    };
  }
  if (before.unit === "count") return judgeCounts(valuesOf(before), valuesOf(after));
  const shift = shiftOf(valuesOf(before), valuesOf(after), errorPart);
  if (!shift) return { finding: "not judged", why: "has a value that is not above 0" };
  if (shift.low === 0) return { finding: "not judged", shift, why: "too few samples" };
  const control = before.unit === "ms" ? controlOf(before, pairs) : undefined;
  // What the machine did to baselines it did to the sandbox as well, where that can be seen at all. Never the other
  // way: a baseline that moved against the sandbox does not make its difference larger.
  const machine = !control || (control.low <= 1 && control.high >= 1) ? 1 : control.value;
  const slower = Math.max(1, machine);
  const faster = Math.min(1, machine);
  const judgement = { shift, ...(control === undefined ? {} : { control }) };
  if (shift.low > slower && isRelevant(before, after, shift.value / slower))
    return { finding: "regression", ...judgement };
  if (shift.high < faster && isRelevant(before, after, shift.value / faster))
    return { finding: "improvement", ...judgement };
  return { finding: "noise", ...judgement };
}

function isRelevant(before: Series, after: Series, factor: number): boolean {
  const least = Math.max(LEAST_FACTOR, unrestOf(before), unrestOf(after));
  if (Math.max(factor, 1 / factor) < least) return false;
  if (before.unit !== "ms") return true;
  const sorted = valuesOf(before).sort((a, b) => a - b);
  const typical = sorted[Math.floor(sorted.length / 2)] ?? 0;
  return Math.abs(factor - 1) * typical >= LEAST_MS;
}

/**
 * The factor between the early and the late samples of one run. What moves that far while nothing is changed may have
 * moved as far between two runs, and no number of samples tells one from the other.
 */
function unrestOf(series: Series): number {
  const values = valuesOf(series);
  const middle = Math.floor(values.length / 2);
  const factor = shiftOf(values.slice(0, middle), values.slice(middle), 0.05)?.value ?? 1;
  return Math.max(factor, 1 / factor);
}

/** Counts are of things that must not be there: one more than ever before is no matter of chance. */
function judgeCounts(before: readonly number[], after: readonly number[]): Judgement {
  const [most, now] = [Math.max(...before), Math.max(...after)];
  if (now > most) return { finding: "regression", why: `up to ${now}, was up to ${most}` };
  return { finding: "noise", why: `up to ${now}, was up to ${most}` };
}

function keyOf({ engine, scenario, metric, contender, title }: Series): string {
  // The title tells amounts, such as 16 MiB of the short form: other amounts are another question.
  return JSON.stringify([engine, scenario, metric, contender, title]);
}

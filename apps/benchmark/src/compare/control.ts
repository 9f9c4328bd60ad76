import type { Series } from "../measurement.js";
import { valuesOf } from "../report/figures.js";
import { type Shift, shiftOf } from "./shift.js";

/** What the machine did between two runs, as baselines saw it: a factor with an interval of 95 %. */
export interface Control extends Shift {
  readonly baselineCount: number;
}

/**
 * Of the baselines of the same question on the same engine; where there is none, of all baselines of the two runs. An
 * interval that holds 1 says that the machine did nothing that can be seen.
 */
export function controlOf(
  { engine, scenario, metric }: Series,
  pairs: ReadonlyArray<readonly [Series, Series]>,
): Control | undefined {
  const baselines = pairs.filter(([{ role, unit }]) => role === "baseline" && unit === "ms");
  const beside = baselines.filter(
    ([one]) => one.engine === engine && one.scenario === scenario && one.metric === metric,
  );
  return combined(beside) ?? combined(baselines);
}

/** The geometric mean of the factors, as if the baselines were independent of each other. */
function combined(pairs: ReadonlyArray<readonly [Series, Series]>): Control | undefined {
  const shifts = pairs
    .map(([before, after]) => shiftOf(valuesOf(before), valuesOf(after), 0.05))
    .filter((shift) => shift !== undefined)
    .filter(({ low }) => low > 0);
  if (shifts.length === 0) return undefined;
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
  const middle = sum(shifts.map(({ value }) => Math.log(value))) / shifts.length;
  const width =
    Math.sqrt(sum(shifts.map(({ low, high }) => (Math.log(high / low) / 2) ** 2))) / shifts.length;
  return {
    value: Math.exp(middle),
    low: Math.exp(middle - width),
    high: Math.exp(middle + width),
    baselineCount: shifts.length,
  };
}

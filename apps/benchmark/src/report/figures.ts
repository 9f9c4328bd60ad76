import type { Series } from "../measurement.js";
import type { RunResult } from "../result.js";
import { type Estimate, medianInterval, medianRatio, quantile, type Ratio } from "../statistics.js";

/** What the samples of one series say. */
export interface Figure {
  readonly series: Series;
  readonly count: number;
  readonly median: number;
  /** The interval of the median. */
  readonly interval: Estimate;
  readonly p95: number;
  /** Of fewer than 100 samples it is close to the highest. */
  readonly p99: number;
  /** The sandbox's median divided by this one's. */
  readonly ratio?: Ratio;
}

/** One question to one engine, with all who answered it. */
export interface Comparison {
  readonly title: string;
  readonly engine: string;
  readonly figures: readonly Figure[];
}

/** In the order in which it was measured, the sandbox before its baselines. */
export function comparisonsOf({ series }: RunResult): Comparison[] {
  const groups = new Map<string, Series[]>();
  for (const one of series) {
    const key = JSON.stringify([one.scenario, one.metric, one.engine]);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const sandbox = group.find(({ role }) => role === "sandbox");
    const answered = group.filter(({ samples }) => samples.length > 0);
    if (answered.length === 0) return [];
    const figures = answered.map((one) => figureOf(one, sandbox));
    return [{ title: first.title, engine: first.engine, figures }];
  });
}

function figureOf(series: Series, sandbox: Series | undefined): Figure {
  const values = valuesOf(series);
  const interval = medianInterval(values) ?? { value: Number.NaN, low: Number.NaN, high: Number.NaN };
  // A process that needs no memory would make any ratio of memory look bad, and a count is no quantity to divide.
  const comparable = sandbox && series.role === "baseline" && series.unit === "ms";
  const ratio = comparable ? medianRatio(valuesOf(sandbox), values) : undefined;
  return {
    series,
    count: values.length,
    median: interval.value,
    interval,
    p95: quantile(values, 0.95),
    p99: quantile(values, 0.99),
    ...(ratio === undefined ? {} : { ratio }),
  };
}

export function valuesOf({ samples }: Series): number[] {
  return samples.map(({ value }) => value);
}

import { seededRandom } from "./random.js";

/** What samples tell of a median or of a ratio of two, and the interval that holds it with a probability of 95 %. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export type Ratio = Estimate;

const RESAMPLES = 2_000;
const INTERVAL = [0.025, 0.975] as const;

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/**
 * The value below which this part (0–1) of the values lies, linear between neighbours (type 7, as in R and NumPy).
 * NaN for no values.
 */
export function quantile(values: readonly number[], part: number): number {
  return quantileOfSorted(Float64Array.from(values).sort(), part);
}

/**
 * The median of `values` divided by the median of `baseline`, with a percentile bootstrap interval: both lists are
 * drawn again from themselves, with replacement, 2,000 times. Undefined where one is empty or the baseline is 0.
 */
export function medianRatio(
  values: readonly number[],
  baseline: readonly number[],
  seed = 1,
): Ratio | undefined {
  if (values.length === 0 || baseline.length === 0 || median(baseline) === 0) return undefined;
  const random = seededRandom(seed);
  const above = Float64Array.from(values);
  const below = Float64Array.from(baseline);
  const drawnAbove = new Float64Array(above.length);
  const drawnBelow = new Float64Array(below.length);
  const ratios = new Float64Array(RESAMPLES);
  for (let index = 0; index < RESAMPLES; index++) {
    ratios[index] = medianOfResample(above, drawnAbove, random) / medianOfResample(below, drawnBelow, random);
  }
  ratios.sort();
  return {
    value: median(values) / median(baseline),
    low: quantileOfSorted(ratios, INTERVAL[0]),
    high: quantileOfSorted(ratios, INTERVAL[1]),
  };
}

/** The median with a percentile bootstrap interval. Undefined for no values. */
export function medianInterval(values: readonly number[], seed = 1): Estimate | undefined {
  if (values.length === 0) return undefined;
  const random = seededRandom(seed);
  const source = Float64Array.from(values);
  const drawn = new Float64Array(source.length);
  const medians = Float64Array.from({ length: RESAMPLES }, () => medianOfResample(source, drawn, random));
  medians.sort();
  return {
    value: median(values),
    low: quantileOfSorted(medians, INTERVAL[0]),
    high: quantileOfSorted(medians, INTERVAL[1]),
  };
}

function medianOfResample(source: Float64Array, drawn: Float64Array, random: () => number): number {
  for (let index = 0; index < drawn.length; index++) {
    drawn[index] = source[Math.floor(random() * source.length)] ?? Number.NaN;
  }
  return quantileOfSorted(drawn.sort(), 0.5);
}

function quantileOfSorted(sorted: Float64Array, part: number): number {
  const position = (sorted.length - 1) * part;
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? Number.NaN;
  return below + (above - below) * (position - Math.floor(position));
}

import type { Series } from "../measurement.js";
import type { RunResult } from "../result.js";
import { median } from "../statistics.js";
import { valuesOf } from "./figures.js";

/** Half of the cores: above it turns may have to wait for one. */
const BUSY_LOAD_OF_CORE = 0.5;
/** Two halves of one series must agree this well. */
const AGREEMENT = 1.1;
/** How many of the series may be unsettled. */
const UNSETTLED_PART = 0.25;
/** Halves of fewer samples differ by chance. */
const ENOUGH_SAMPLES = 20;

/**
 * Why the figures of a run are to be doubted, one sentence for each reason; none for a quiet run.
 *
 * The load counts before the run alone, as the run itself makes load. Each series of times is cut into every other
 * sample, which tells how far chance alone moves a median, and into early and late ones, which tells drift.
 */
export function noiseOf({ host, load, series }: RunResult): string[] {
  const busy = load.before[0] ?? 0;
  const judged = series.filter(({ unit, samples }) => unit === "ms" && samples.length >= ENOUGH_SAMPLES);
  const unsettled = judged.filter((one) => !isSettled(one));
  return [
    ...(busy > host.coreCount * BUSY_LOAD_OF_CORE
      ? [
          `The machine was busy before the run began: a load of ${busy.toFixed(2)} on ${host.coreCount} cores.`,
        ]
      : []),
    ...(unsettled.length > judged.length * UNSETTLED_PART
      ? [
          `In ${unsettled.length} of ${judged.length} series of times the medians of two halves differ by more than ${((AGREEMENT - 1) * 100).toFixed(0)} %.`,
        ]
      : []),
  ];
}

function isSettled(series: Series): boolean {
  const values = valuesOf(series);
  const middle = values.length / 2;
  const agree = (isFirst: (index: number) => boolean) => {
    const first = median(values.filter((_, index) => isFirst(index)));
    const second = median(values.filter((_, index) => !isFirst(index)));
    return Math.max(first, second) <= Math.min(first, second) * AGREEMENT;
  };
  return agree((index) => index % 2 === 0) && agree((index) => index < middle);
}

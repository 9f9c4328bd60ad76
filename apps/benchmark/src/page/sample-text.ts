import { formatValue } from "../report/format.js";
import type { PageChart, PageRow, PageSample } from "./page-data.js";

/** All that is known of one sample. */
export function sampleFacts(
  [value, round, atMs, worker]: PageSample,
  unit: PageChart["unit"],
): { value: string; circumstances: string } {
  const parts = [`round ${round + 1}`, `${(atMs / 1000).toFixed(1)} s into the run`];
  if (worker !== null) parts.push(`worker ${worker + 1}`);
  return { value: formatValue(value, unit), circumstances: parts.join(" · ") };
}

export function rowText(row: PageRow, unit: PageChart["unit"]): string {
  const { title, engine, median, interval, p95, samples } = row;
  const figure = (value: number) => formatValue(value, unit);
  return `${title} on ${engine}: median ${figure(median)}, between ${figure(interval.low)} and ${figure(interval.high)}; 95th percentile ${figure(p95)}; ${samples.length} samples. Arrow keys go through them.`;
}

import type { Figure } from "./figures.js";
import { formatEstimate, formatRatio, formatValue } from "./format.js";

/** Heads of the columns that `cellsOf` fills. */
export const columns = ["median (95 %)", "p95", "p99", "n", "sandbox ÷ this (95 %)"] as const;

/** A figure as the columns of a table. */
export function cellsOf({ series, count, interval, p95, p99, ratio }: Figure): string[] {
  return [
    formatEstimate(interval, series.unit),
    formatValue(p95, series.unit),
    formatValue(p99, series.unit),
    String(count),
    ratio ? formatRatio(ratio) : "",
  ];
}

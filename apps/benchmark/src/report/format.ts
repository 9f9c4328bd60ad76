import type { Metric } from "../measurement.js";
import type { Estimate, Ratio } from "../statistics.js";

export function formatValue(value: number, unit: Metric["unit"]): string {
  if (Number.isNaN(value)) return "–";
  if (unit === "ms") return `${significant(value)} ms`;
  if (unit === "bytes") return `${significant(value / 1024 ** 2)} MiB`;
  return significant(value);
}

/** The value with its limits, the unit once. */
export function formatEstimate({ value, low, high }: Estimate, unit: Metric["unit"]): string {
  const scale = unit === "bytes" ? 1024 ** 2 : 1;
  return `${formatValue(value, unit)} (${significant(low / scale)}–${significant(high / scale)})`;
}

export function formatRatio({ value, low, high }: Ratio): string {
  return `${significant(value)} (${significant(low)}–${significant(high)})`;
}

/** Three digits or so: more would pretend. */
function significant(value: number): string {
  if (Number.isInteger(value)) return String(value);
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.1 ? 2 : 3);
}

import type { PageChart } from "./page-data.js";

export type ScaleChoice = "fitting" | "linear" | "logarithmic";

export interface Axis {
  readonly type: "linear" | "log";
  readonly domain: readonly [number, number];
  /** Where a line and a number stand. */
  readonly ticks: readonly number[];
  /** From a sample's unit to that of the axis. */
  readonly divisor: number;
  readonly label: string;
}

/** Values further apart than this are shown as ratios unless the reader wants otherwise. */
const WIDE = 20;

/** An axis that begins at 0, or a logarithmic one where that was chosen or fits better and is possible. */
export function axisOf(values: readonly number[], unit: PageChart["unit"], choice: ScaleChoice): Axis {
  const { divisor, name } = unitOf(unit, Math.max(...values));
  const least = Math.min(...values) / divisor;
  const greatest = Math.max(...values) / divisor;
  const possible = least > 0 && unit !== "count";
  if (possible && (choice === "logarithmic" || (choice === "fitting" && greatest / least > WIDE))) {
    const domain = [least * 0.85, greatest * 1.18] as const;
    return { type: "log", domain, ticks: logTicks(...domain), divisor, label: `${name}, logarithmic` };
  }
  const low = Math.min(0, least * 1.04);
  const domain = [low, Math.max(greatest * 1.04, low + 1e-3)] as const;
  const whole = unit === "count" ? Math.max(1, domain[1]) : domain[1];
  return { type: "linear", domain: [low, whole], ticks: linearTicks(low, whole, unit), divisor, label: name };
}

function unitOf(unit: PageChart["unit"], greatest: number): { divisor: number; name: string } {
  if (unit === "bytes") return { divisor: 1024 ** 2, name: "MiB" };
  if (unit === "count") return { divisor: 1, name: "count" };
  return greatest >= 10_000 ? { divisor: 1000, name: "seconds" } : { divisor: 1, name: "milliseconds" };
}

/** 1, 2, 5, 10 … or only 1, 10, 100 … where that would be many. */
function logTicks(low: number, high: number): number[] {
  const steps = Math.log10(high / low) > 2.4 ? [1] : [1, 2, 5];
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
    // Written as text first: 0.1 * 3 is not 0.3.
    for (const step of steps) ticks.push(Number(`${step}e${power}`));
  }
  return ticks.filter((tick) => tick >= low && tick <= high);
}

function linearTicks(low: number, high: number, unit: PageChart["unit"]): number[] {
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  const stride = unit === "count" ? Math.max(1, Math.round(step)) : step;
  const ticks: number[] = [];
  for (let index = Math.ceil(low / stride); index * stride <= high; index++) {
    ticks.push(Number((index * stride).toPrecision(12)));
  }
  return ticks;
}

export function tickText(value: number): string {
  return value.toLocaleString("en", { maximumFractionDigits: 4 });
}

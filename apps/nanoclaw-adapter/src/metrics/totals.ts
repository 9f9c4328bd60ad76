import {
  type EndRecord,
  parseRecord,
  type QueueOutcome,
  queueOutcomes,
  type RunOutcome,
  runOutcomes,
} from "../capacity/outcome.js";
import { type Runtime, runtimes } from "../runtime.js";

/** Upper bounds of the classes of waiting time, in milliseconds. The last class has no bound. */
export const queueBoundsMs = [10, 100, 1_000, 5_000, 15_000, 60_000, 300_000, 900_000] as const;

/** What became of the runs of one runtime, since the installation's first. */
export interface RuntimeTotals {
  readonly runs: Readonly<Record<RunOutcome, number>>;
  readonly left: Readonly<Record<QueueOutcome, number>>;
  /** Time in a place. That of lost runs is not known and not in it. */
  readonly runMs: number;
  /** Of those that began: how many waited for at most as long as each bound and longer than the one before. */
  readonly queued: readonly number[];
  readonly queuedMs: number;
}

export type Totals = Readonly<Record<Runtime, RuntimeTotals>>;

export function noTotals(): Totals {
  return Object.fromEntries(runtimes.map((runtime) => [runtime, noRuntimeTotals()])) as unknown as Totals;
}

function noRuntimeTotals(): RuntimeTotals {
  return {
    runs: zeros(runOutcomes),
    left: zeros(queueOutcomes),
    runMs: 0,
    queued: [...queueBoundsMs.map(() => 0), 0],
    queuedMs: 0,
  };
}

function zeros<K extends string>(keys: readonly K[]): Record<K, number> {
  return Object.fromEntries(keys.map((key) => [key, 0])) as Record<K, number>;
}

/** Totals with these records in them. Names that are none are left out. */
export function withRecords(totals: Totals, names: readonly string[]): Totals {
  const sums = { ...totals };
  for (const record of names.flatMap((name) => parseRecord(name) ?? [])) {
    sums[record.runtime] = withRecord(sums[record.runtime], record);
  }
  return sums;
}

function withRecord(totals: RuntimeTotals, { outcome, queuedMs, runMs }: EndRecord): RuntimeTotals {
  if (isQueueOutcome(outcome))
    return { ...totals, left: { ...totals.left, [outcome]: totals.left[outcome] + 1 } };
  const bound = queueBoundsMs.findIndex((boundMs) => queuedMs <= boundMs);
  const place = bound < 0 ? queueBoundsMs.length : bound;
  return {
    ...totals,
    runs: { ...totals.runs, [outcome]: totals.runs[outcome] + 1 },
    runMs: totals.runMs + runMs,
    queued: totals.queued.map((count, index) => (index === place ? count + 1 : count)),
    queuedMs: totals.queuedMs + queuedMs,
  };
}

function isQueueOutcome(outcome: RunOutcome | QueueOutcome): outcome is QueueOutcome {
  return (queueOutcomes as readonly string[]).includes(outcome);
}

/** Whether this is what was once written as totals. A runtime or an outcome that it does not know yet begins at 0. */
export function parseTotals(value: unknown): Totals | undefined {
  if (!isObject(value)) return undefined;
  const entries = runtimes.map((runtime) => [
    runtime,
    parseRuntimeTotals(value[runtime] ?? noRuntimeTotals()),
  ]);
  if (entries.some(([, each]) => each === undefined)) return undefined;
  return Object.fromEntries(entries) as unknown as Totals;
}

function parseRuntimeTotals(value: unknown): RuntimeTotals | undefined {
  if (!isObject(value)) return undefined;
  const { runs, left, runMs, queued, queuedMs } = value;
  if (!isObject(runs) || !isObject(left) || !Array.isArray(queued)) return undefined;
  if (queued.length !== queueBoundsMs.length + 1) return undefined;
  const numbers = [...Object.values(runs), ...Object.values(left), ...queued, runMs, queuedMs];
  if (!numbers.every((each) => Number.isFinite(each) && (each as number) >= 0)) return undefined;
  return {
    runs: { ...zeros(runOutcomes), ...runs },
    left: { ...zeros(queueOutcomes), ...left },
    runMs: runMs as number,
    queued: queued as number[],
    queuedMs: queuedMs as number,
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

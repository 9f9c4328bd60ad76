import { describeLimit, machineScope } from "../capacity/demand.js";
import { runOutcomes } from "../capacity/outcome.js";
import { type Runtime, runtimes } from "../runtime.js";
import type { RunStatus, Status } from "./status.js";
import type { RuntimeTotals } from "./totals.js";

type Rows = readonly (readonly string[])[];

/** The four figures that a dashboard shows, over all runtimes. */
export interface Figures {
  readonly minutesUsed: number;
  readonly runs: number;
  readonly queueSize: number;
  /** Mean of the runs that got a place. Null before the first. */
  readonly queueSeconds: number | null;
}

export function figuresOf({ totals, runs }: Status): Figures {
  const all = Object.values(totals);
  const ended = sum(all.map(endedOf));
  return {
    minutesUsed: sum(all.map(({ runMs }) => runMs)) / 60_000,
    runs: ended,
    queueSize: runs.filter(({ own, state }) => own && state === "waiting").length,
    queueSeconds: ended === 0 ? null : sum(all.map(({ queuedMs }) => queuedMs)) / 1000 / ended,
  };
}

/** Paragraphs and tables for people. */
export function statusText(status: Status, formatTable: (rows: Rows) => string): string {
  const { minutesUsed, runs, queueSize, queueSeconds } = figuresOf(status);
  const parts = [
    formatTable([
      ["MINUTES USED", "RUNS", "QUEUE SIZE", "QUEUE TIME"],
      [
        minutesUsed.toFixed(1),
        String(runs),
        String(queueSize),
        queueSeconds === null ? "-" : `${queueSeconds.toFixed(2)} s`,
      ],
    ]),
  ];
  if (status.runs.length > 0) parts.push(formatTable(runRows(status)));
  if (status.limits.length > 0) parts.push(formatTable(limitRows(status)));
  if (runs > 0) parts.push(formatTable(outcomeRows(status)));
  const notes = [
    ...status.warnings,
    ...status.damaged.map((file) => `Could not be read and was moved aside: ${file}`),
  ];
  if (notes.length > 0) parts.push(notes.map((note) => `! ${note}`).join("\n"));
  return parts.join("\n\n");
}

function runRows({ runs, root }: Status): string[][] {
  const row = (run: RunStatus) => [
    run.own ? run.folder : `${run.folder} (${run.root})`,
    run.runtime,
    run.position === undefined ? "running" : `waiting, number ${run.position}`,
    `${Math.round(run.forMs / 1000)} s`,
    String(run.pid),
    waitsFor(run),
  ];
  // Those of this installation first; the rest is there as it takes of the same machine.
  const own = [...runs].sort((a, b) => Number(b.own) - Number(a.own));
  const head = own.every((run) => run.own) ? "GROUP" : `GROUP (of ${root} unless said)`;
  return [[head, "RUNTIME", "STATE", "FOR", "PROCESS", "WAITS FOR"], ...own.map(row)];
}

function waitsFor({ state, lacking = [] }: RunStatus): string {
  if (state === "running") return "";
  return lacking.map(describeLimit).join(", ") || "its turn";
}

function limitRows({ limits }: Status): string[][] {
  const rows = limits.map(({ scope, limit, taken, most }) => [
    describeLimit({ limit, scope: scope === "machine" ? machineScope : "" }),
    String(Number(taken.toFixed(2))),
    String(most),
  ]);
  return [["LIMIT", "TAKEN", "OF"], ...rows];
}

function outcomeRows({ totals }: Status): string[][] {
  const used = runtimes.filter((runtime) => endedOf(totals[runtime]) > 0);
  const row = (runtime: Runtime) => [
    runtime,
    ...runOutcomes.map((outcome) => String(totals[runtime].runs[outcome])),
    (totals[runtime].runMs / 60_000).toFixed(1),
  ];
  return [["RUNTIME", ...runOutcomes.map((outcome) => outcome.toUpperCase()), "MINUTES"], ...used.map(row)];
}

function endedOf({ runs }: RuntimeTotals): number {
  return sum(Object.values(runs));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

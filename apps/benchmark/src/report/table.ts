import Table from "cli-table3";
import type { RunResult } from "../result.js";
import { absencesOf, factsOf } from "./facts.js";
import { type Comparison, comparisonsOf, type Figure } from "./figures.js";
import { formatRatio, formatValue } from "./format.js";

/** The result for a terminal. */
export function tableOf(result: RunResult): string {
  const table = new Table({
    head: ["", "median", "p95", "n", "sandbox ÷ this (95 %)"],
    colAligns: ["left", "right", "right", "right", "right"],
    style: { head: [], border: [], compact: true },
  });
  for (const comparison of comparisonsOf(result)) table.push(...rowsOf(comparison));
  return [...factsOf(result), "", table.toString(), ...notes(result)].join("\n");
}

function rowsOf({ title, engine, figures }: Comparison) {
  return [
    [{ content: `${title} · ${engine}`, colSpan: 5 }],
    ...figures.map((figure) => [`  ${figure.series.contenderTitle}`, ...cellsOf(figure)]),
  ];
}

function cellsOf({ series, count, median, p95, ratio }: Figure) {
  if (count === 0) return [{ content: series.remark ?? "no sample", colSpan: 4 }];
  return [
    formatValue(median, series.unit),
    formatValue(p95, series.unit),
    String(count),
    ratio ? formatRatio(ratio) : "",
  ];
}

function notes(result: RunResult): string[] {
  const failures = new Set(
    result.series.flatMap(({ engine, contenderTitle, scenario, failures }) =>
      failures.map(({ message }) => `${scenario}, ${engine}, ${contenderTitle}: ${message}`),
    ),
  );
  return [
    ...absencesOf(result).map((line) => `Not measured: ${line}`),
    ...[...failures].map((line) => `Failed: ${line}`),
  ];
}

import Table from "cli-table3";
import type { RunResult } from "../result.js";
import { factsOf, remarksOf } from "./facts.js";
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
  return [...factsOf(result), "", table.toString(), ...remarksOf(result)].join("\n");
}

function rowsOf({ title, engine, figures }: Comparison) {
  return [
    [{ content: `${title} · ${engine}`, colSpan: 5 }],
    ...figures.map((figure) => [`  ${figure.series.contenderTitle}`, ...cellsOf(figure)]),
  ];
}

function cellsOf({ series, count, median, p95, ratio }: Figure) {
  return [
    formatValue(median, series.unit),
    formatValue(p95, series.unit),
    String(count),
    ratio ? formatRatio(ratio) : "",
  ];
}

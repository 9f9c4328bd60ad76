import type { RunResult } from "../result.js";
import { factsOf, remarksOf } from "./facts.js";
import { type Comparison, comparisonsOf, type Figure } from "./figures.js";
import { formatRatio, formatValue } from "./format.js";

/** The result for a README or a page of documentation. */
export function markdownOf(result: RunResult): string {
  const facts = [`Measured on ${result.startedAt.slice(0, 10)}.`, ...factsOf(result), ...remarksOf(result)];
  return [
    ...facts.map((fact) => `- ${fact}`),
    "",
    ...row(["", "", "median", "p95", "n", "sandbox ÷ this (95 %)"]),
    ...row(["---", "---", "---:", "---:", "---:", "---:"]),
    ...comparisonsOf(result).flatMap(rowsOf),
    "",
  ].join("\n");
}

function rowsOf({ title, engine, figures }: Comparison): string[] {
  return figures.flatMap((figure, index) =>
    row([index === 0 ? `${title}, ${engine}` : "", figure.series.contenderTitle, ...cellsOf(figure)]),
  );
}

function cellsOf({ series, count, median, p95, ratio }: Figure): string[] {
  return [
    formatValue(median, series.unit),
    formatValue(p95, series.unit),
    String(count),
    ratio ? formatRatio(ratio) : "",
  ];
}

function row(cells: readonly string[]): string[] {
  return [`| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`];
}

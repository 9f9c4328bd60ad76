import type { RunResult } from "../result.js";
import { briefMarkdown } from "./brief-table.js";
import { cellsOf, columns } from "./cells.js";
import { factsOf, remarksOf } from "./facts.js";
import { type Comparison, comparisonsOf } from "./figures.js";

/** The result for a README or a page of documentation. */
export function markdownOf(result: RunResult): string {
  const facts = [`Measured on ${result.startedAt.slice(0, 10)}.`, ...factsOf(result), ...remarksOf(result)];
  return [
    ...facts.map((fact) => `- ${fact}`),
    "",
    briefMarkdown(result),
    ...row(["", "", ...columns]),
    ...row(["---", "---", ...columns.map(() => "---:")]),
    ...comparisonsOf(result).flatMap(rowsOf),
    "",
  ].join("\n");
}

function rowsOf({ title, engine, figures }: Comparison): string[] {
  return figures.flatMap((figure, index) =>
    row([index === 0 ? `${title}, ${engine}` : "", figure.series.contenderTitle, ...cellsOf(figure)]),
  );
}

function row(cells: readonly string[]): string[] {
  return [`| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`];
}

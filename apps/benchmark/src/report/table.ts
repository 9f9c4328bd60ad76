import Table from "cli-table3";
import type { RunResult } from "../result.js";
import { briefTable } from "./brief-table.js";
import { cellsOf, columns } from "./cells.js";
import { factsOf, remarksOf } from "./facts.js";
import { type Comparison, comparisonsOf } from "./figures.js";

/** The result for a terminal. */
export function tableOf(result: RunResult): string {
  const table = new Table({
    head: ["", ...columns],
    colAligns: ["left", ...columns.map(() => "right" as const)],
    style: { head: [], border: [], compact: true },
  });
  for (const comparison of comparisonsOf(result)) table.push(...rowsOf(comparison));
  return [...factsOf(result), "", table.toString(), ...remarksOf(result), "", briefTable(result)].join("\n");
}

function rowsOf({ title, engine, figures }: Comparison) {
  return [
    [{ content: `${title} · ${engine}`, colSpan: columns.length + 1 }],
    ...figures.map((figure) => [`  ${figure.series.contenderTitle}`, ...cellsOf(figure)]),
  ];
}

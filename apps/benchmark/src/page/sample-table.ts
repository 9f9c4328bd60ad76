import type { PageChart, PageRow } from "./page-data.js";
import { sampleFacts } from "./sample-text.js";

/** Every sample of a chart as a table. Made when it is asked for: there may be thousands. */
export function sampleTable({ title, unit }: PageChart, rows: readonly PageRow[]): HTMLTableElement {
  const table = document.createElement("table");
  table.createCaption().textContent = `${title}: every sample, in the order in which they were taken`;
  const head = table.createTHead().insertRow();
  for (const name of ["engine", "contender", "value", "when"]) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.textContent = name;
    head.append(cell);
  }
  const body = table.createTBody();
  for (const row of rows) {
    for (const sample of row.samples) {
      const { value, circumstances } = sampleFacts(sample, unit);
      const line = body.insertRow();
      for (const text of [row.engine, row.title, value, circumstances]) line.insertCell().textContent = text;
    }
  }
  return table;
}

import type { PageChart, PageData, PageRow } from "../../page/page-data.js";
import type { EngineResult, RunResult } from "../../result.js";
import { formatValue } from "../format.js";
import { html, type Markup } from "./markup.js";
import type { Question } from "./questions.js";

/** What people ask first, of those that the run has. */
const wanted = [
  { scenario: "cold-start", metric: "first-output", label: "first output" },
  { scenario: "next-command", metric: "latency", label: "next command" },
  { scenario: "idle-memory", metric: "host", label: "memory, idle" },
  { scenario: "disk", metric: "held", label: "disk" },
  { scenario: "destroy", metric: "time", label: "removal" },
  { scenario: "residue", metric: "gone", label: "gone after a kill" },
];

interface Column {
  readonly label: string;
  readonly chart: PageChart;
}

/** One row for each engine that was asked for, the absent ones with the reason. */
export function glance(
  { engines, series }: RunResult,
  questions: readonly Question[],
  { charts }: PageData,
): Markup {
  const quantities = questions.flatMap((question) => question.quantities);
  const columns = wanted.flatMap(({ scenario, metric, label }): Column[] => {
    const asked = quantities.find(
      (one) => one.series[0]?.scenario === scenario && one.series[0].metric === metric,
    );
    const chart = charts.find(({ id }) => id === asked?.id);
    return chart && chart.rows.length > 0 ? [{ label, chart }] : [];
  });
  const sandboxes = new Set(series.filter(({ role }) => role === "sandbox").map((one) => one.contender));
  return html`<section class="glance" aria-labelledby="glance-title">
<h2 id="glance-title">A sandbox at a glance</h2>
<div class="scroll" role="region" tabindex="0" aria-label="Table: a sandbox at a glance"><table>
<thead><tr><th scope="col">engine</th>${columns.map(({ label, chart }) => html`<th scope="col" class="n"><a href="#${chart.id}">${label}</a></th>`)}</tr></thead>
<tbody>${engines.map((engine) => engineRow(engine, columns, sandboxes))}</tbody>
</table></div>
<p class="fine">Medians of this project's sandbox, with the interval that holds the median in 95 of 100 resamples.</p>
</section>`;
}

function engineRow(
  { label, absent }: EngineResult,
  columns: readonly Column[],
  sandboxes: ReadonlySet<string>,
): Markup {
  if (absent !== undefined) {
    return html`<tr data-engine="${label}" class="silent"><th scope="row">${label}</th><td colspan="${Math.max(columns.length, 1)}">Not measured. ${absent}</td></tr>`;
  }
  const cells = columns.map((column) => {
    const row = column.chart.rows.find(
      ({ engine, contender }) => engine === label && sandboxes.has(contender),
    );
    return html`<td class="n" data-label="${column.label}">${row ? figure(row, column.chart.unit) : "–"}</td>`;
  });
  return html`<tr data-engine="${label}"><th scope="row">${label}</th>${cells}</tr>`;
}

function figure({ median, interval }: PageRow, unit: PageChart["unit"]): Markup {
  return html`<b>${formatValue(median, unit)}</b><small>${formatValue(interval.low, unit)} – ${formatValue(interval.high, unit)}</small>`;
}

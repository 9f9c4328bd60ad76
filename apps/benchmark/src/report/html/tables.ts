import type { PageChart, PageContender, PageRow } from "../../page/page-data.js";
import { toneOf } from "../../page/tones.js";
import { formatRatio, formatValue } from "../format.js";
import { html, type Markup } from "./markup.js";

/** Someone who was asked and gave no figure. */
export interface SilentRow extends PageContender {
  readonly reason: string;
}

/** The figures of one quantity: what its chart shows, for those who read or hear it. */
export function figureTable({ title, unit, rows }: PageChart, silent: readonly SilentRow[]): Markup {
  return html`<div class="scroll" role="region" tabindex="0" aria-label="Table: ${title}"><table class="figures">
<caption>${title}</caption>
<thead><tr><th scope="col">engine</th><th scope="col">contender</th><th scope="col" class="n">median</th>
<th scope="col" class="n">95 % interval</th><th scope="col" class="n">p95</th><th scope="col" class="n">p99</th>
<th scope="col" class="n"><abbr title="number of samples">n</abbr></th><th scope="col" class="n">sandbox ÷ this</th></tr></thead>
<tbody>${rows.map((row) => figureRow(row, unit))}${silent.map(silentRow)}</tbody>
</table></div>`;
}

function figureRow(row: PageRow, unit: PageChart["unit"]): Markup {
  const { interval, samples, median, p95, p99, ratio } = row;
  return html`<tr ${filterAttributes(row)}><td>${row.engine}</td><th scope="row">${contenderName(row)}</th>
<td class="n strong">${formatValue(median, unit)}</td><td class="n">${formatValue(interval.low, unit)} – ${formatValue(interval.high, unit)}</td>
<td class="n">${formatValue(p95, unit)}</td><td class="n">${formatValue(p99, unit)}</td><td class="n">${samples.length}</td>
<td class="n">${ratio ? formatRatio(ratio) : ""}</td></tr>`;
}

function silentRow(row: SilentRow): Markup {
  return html`<tr class="silent" ${filterAttributes(row)}><td>${row.engine}</td><th scope="row">${contenderName(row)}</th>
<td colspan="6">${row.reason}</td></tr>`;
}

export function filterAttributes({ engine, contender }: Pick<PageContender, "engine" | "contender">): Markup {
  return html`data-engine="${engine}" data-contender="${contender}"`;
}

export function contenderName({ title, tone }: Pick<PageContender, "title" | "tone">): Markup {
  return html`<span class="tone tone-${tone}" aria-hidden="true">${toneOf(tone).glyph}</span>\u00a0${title}`;
}

import type { Series } from "../../measurement.js";
import type { PageContender, PageData } from "../../page/page-data.js";
import { answerOf } from "./answer.js";
import { html, type Markup } from "./markup.js";
import { isAnswered } from "./page-data.js";
import { phaseTable } from "./phase-table.js";
import type { Quantity, Question } from "./questions.js";
import { figureTable, type SilentRow } from "./tables.js";

/** One question with its charts, tables and samples. Charts are drawn by the script into what is empty here. */
export function questionSection(
  { scenario, text, quantities, phases }: Question,
  number: number,
  data: PageData,
  describe: (series: Series) => PageContender,
): Markup {
  const stack = data.phases.find(({ id }) => id === `phases-${scenario}`);
  const figures = (all: readonly Quantity[]) => all.map((quantity) => figure(quantity, data, describe));
  return html`<section class="question" data-scenario="${scenario}" aria-labelledby="question-${number}">
<header><p class="kicker"><span>${number}</span><code>${scenario}</code></p><h2 id="question-${number}">${text}</h2></header>
${figures(quantities)}
${
  stack
    ? html`<figure class="phases" id="${stack.id}"><figcaption>${stack.title}</figcaption><div class="plot"></div>
${phaseTable(stack)}
<p class="fine">Medians of the parts, one after the other. They need not add up to the median of the whole.</p></figure>`
    : ""
}
${phases.length > 0 ? html`<details class="parts"><summary>Each part with its samples</summary>${figures(phases)}</details>` : ""}
</section>`;
}

function figure(
  { id, series }: Quantity,
  data: PageData,
  describe: (series: Series) => PageContender,
): Markup {
  const chart = data.charts.find((one) => one.id === id);
  if (!chart) return html``;
  const silent = series
    .filter((one) => !isAnswered(one))
    .map((one): SilentRow => ({ ...describe(one), reason: reasonOf(one) }));
  return html`<figure class="quantity" id="${id}"><figcaption>${chart.title}</figcaption>
${answerOf(chart)}
<div class="plot"></div>
${figureTable(chart, silent)}
<details class="samples"><summary>Every sample in numbers</summary><div class="list" role="region" tabindex="0" aria-label="Every sample: ${chart.title}"></div></details>
</figure>`;
}

function reasonOf({ remark, failures }: Series): string {
  return remark ?? failures[0]?.message ?? "no sample";
}

import { html, type Markup } from "./markup.js";

/** How to read the page. The drawing is of no run; its shapes are those of the charts. */
export function reading(): Markup {
  return html`<section class="words" aria-labelledby="reading">
<h2 id="reading">How to read it</h2>
<svg class="key" viewBox="0 0 420 92" role="img" aria-label="A row of a chart: dots are samples, the pale box is their middle half, the tall line is the median, the bar below it the interval of the median, the short line the 95th percentile.">
<rect x="90" y="26" width="110" height="34" class="box"/>
<g class="dots"><circle cx="72" cy="43" r="3"/><circle cx="96" cy="43" r="3"/><circle cx="108" cy="39" r="3"/><circle cx="110" cy="47" r="3"/><circle cx="122" cy="43" r="3"/><circle cx="130" cy="36" r="3"/><circle cx="131" cy="49" r="3"/><circle cx="144" cy="43" r="3"/><circle cx="160" cy="43" r="3"/><circle cx="178" cy="40" r="3"/><circle cx="206" cy="43" r="3"/><circle cx="262" cy="43" r="3"/><circle cx="330" cy="43" r="3"/></g>
<path d="M131 22V64" class="median"/><path d="M112 64H152" class="interval"/><path d="M286 34V52" class="far"/>
<text x="131" y="14" text-anchor="middle">median</text><text x="131" y="82" text-anchor="middle">its 95 % interval</text>
<text x="205" y="22">middle half</text><text x="286" y="28" text-anchor="middle">p95</text><text x="330" y="66" text-anchor="middle">one sample</text>
</svg>
<ul>
<li><b>Less is better</b>, everywhere on this page.</li>
<li>Each dot is one sample. Look at how dots lie before you look at a median: two clumps are two things that were measured as one.</li>
<li>The interval of a median is a bootstrap: the samples were drawn again from themselves 2,000 times, and 95 of 100 medians lay within it.
It knows of chance and not of a machine that was busy throughout.</li>
<li><b>sandbox ÷ this</b> is the sandbox's median divided by the one of this row, with its interval in brackets. Below 1 the sandbox took less; an interval that holds 1 says that no difference was seen.</li>
<li>All contenders took turns in a new random order in every round, so what disturbed the machine disturbed all of them. Warm-ups are in no figure.</li>
<li>A logarithmic axis says so below it: equal distances are equal ratios, and the length from its left end means nothing.</li>
<li>By keyboard: Tab goes to a row of a chart, the arrow keys go through its samples and to other rows, Home and End to the least and the greatest, Escape leaves it. Each chart has its figures in a table below, and every sample in another one.</li>
<li>Ratios of this machine are not the ratios of another, and nothing here says how strong the wall around a sandbox is.</li>
</ul>
</section>`;
}

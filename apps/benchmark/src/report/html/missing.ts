import type { RunResult } from "../../result.js";
import { remarksOf } from "../facts.js";
import { html, type Markup } from "./markup.js";

/** What a reader may look for in vain, and why. */
export function missing(result: RunResult): Markup {
  const engines = result.engines.filter(({ absent }) => absent !== undefined);
  const remarks = remarksOf(result);
  if (engines.length + remarks.length === 0) return html``;
  return html`<section class="words" aria-labelledby="missing">
<h2 id="missing">What is not here, and why</h2>
<ul>${engines.map(({ label, absent }) => html`<li><b>${label}</b> was not measured. ${absent}</li>`)}
${remarks.map((remark) => html`<li>${remark}</li>`)}</ul>
</section>`;
}

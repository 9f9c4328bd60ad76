import type { RunResult } from "../../result.js";
import type { ContenderKind } from "./contenders.js";
import { html, type Markup } from "./markup.js";
import type { Question } from "./questions.js";
import { contenderName } from "./tables.js";

/** Hidden until the script is there to answer to it. */
export function filterForm(
  { engines }: RunResult,
  kinds: readonly ContenderKind[],
  questions: readonly Question[],
): Markup {
  return html`<form class="filters" hidden aria-label="What is shown">
<details open><summary>What is shown</summary>
<div class="choices">
<fieldset><legend>Engines</legend>${engines.map(({ label }) => choice("engine", label, html`${label}`))}</fieldset>
<fieldset><legend>Contenders</legend>${kinds.map((kind) => choice("contender", kind.id, contenderName(kind)))}</fieldset>
<fieldset class="wide"><legend>Questions</legend>${questions.map(({ scenario }) => choice("scenario", scenario, html`${scenario}`))}</fieldset>
<fieldset><legend>Axes</legend>${["fitting", "linear", "logarithmic"].map((scale, index) => html`<label><input type="radio" name="scale" value="${scale}"${index === 0 ? html` checked` : ""}><span>${scale}</span></label>`)}</fieldset>
<fieldset><legend>Theme</legend>${["system", "light", "dark"].map((theme, index) => html`<label><input type="radio" name="theme" value="${theme}"${index === 0 ? html` checked` : ""}><span>${theme}</span></label>`)}</fieldset>
<p><button type="reset">Show everything</button> <output aria-live="polite"></output></p>
</div></details>
</form>`;
}

function choice(name: string, value: string, label: Markup): Markup {
  return html`<label><input type="checkbox" name="${name}" value="${value}" checked><span>${label}</span></label>`;
}

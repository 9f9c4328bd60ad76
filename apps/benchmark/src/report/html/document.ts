import type { Series } from "../../measurement.js";
import type { RunResult } from "../../result.js";
import { noiseOf } from "../noise.js";
import { pageAssets } from "./assets.js";
import { kindsOf, pageContender } from "./contenders.js";
import { filterForm } from "./filter-form.js";
import { glance } from "./glance.js";
import { machine } from "./machine.js";
import { embeddedJson, html, type Markup } from "./markup.js";
import { missing } from "./missing.js";
import { pageDataOf } from "./page-data.js";
import { questionSection } from "./question-section.js";
import { questionsOf } from "./questions.js";
import { reading } from "./reading.js";

/**
 * The result as one page that needs nothing else: no network, no other file. Tables and words are in the page itself;
 * its script draws the charts and filters both.
 */
export function htmlOf(result: RunResult): string {
  const assets = pageAssets();
  const kinds = kindsOf(result);
  const describe = (series: Series) => pageContender(series, kinds);
  const questions = questionsOf(result);
  const data = pageDataOf(result, questions, describe);
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${assets.policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${titleOf(result)} · sandbox-bench</title>
<link rel="icon" href="data:,">
<style>${assets.style}</style>
<script>${assets.script}</script>
</head>
<body>
<a class="skip" href="#questions">Skip to the figures</a>
${masthead(result)}
${glance(result, questions, data)}
${filterForm(result, kinds, questions)}
<main id="questions">
${questions.map((question, index) => questionSection(question, index + 1, data, describe))}
<p class="nothing" hidden>Nothing is chosen. Put an engine, a contender and a question back.</p>
</main>
${missing(result)}
${reading()}
${machine(result)}
${licences(assets.licences)}
<div class="tip" role="presentation" hidden></div>
<p class="unseen" id="said" role="status" aria-live="polite"></p>
<script type="application/json" id="data">${embeddedJson(data)}</script>
</body>
</html>
`;
  return page.text;
}

function masthead(result: RunResult): Markup {
  const samples = result.series.reduce((sum, { samples }) => sum + samples.length, 0);
  const measured = result.engines.filter(({ absent }) => absent === undefined).length;
  const { host } = result;
  const noise = noiseOf(result);
  return html`<header class="masthead">
<p class="kicker"><span>sandbox-bench ${result.version}</span><time datetime="${result.startedAt}">${day(result.startedAt)}</time></p>
<h1>${titleOf(result)}</h1>
<p class="lede">${plural(measured, "engine")} measured on one machine, each beside what it does by its own means:
${samples.toLocaleString("en")} samples, every one of them on this page. ${host.cpuModel}, ${plural(host.coreCount, "core")}, ${host.system}.</p>
${noise.length > 0 ? html`<p class="note"><b>A noisy run.</b> ${noise.join(" ")} Compare its figures with one another and with no others.</p>` : ""}
${result.engines
  .filter(({ emulated, absent }) => emulated !== undefined && absent === undefined)
  .map(
    ({ label, emulated }) =>
      html`<p class="note"><b>${label}</b>: ${emulated} Its figures say nothing of the engine's own speed.</p>`,
  )}
${result.form === "short" ? html`<p class="note">The short form: a few samples of everything, for a first impression. Do not quote these figures.</p>` : ""}
${result.interrupted ? html`<p class="note">The run was interrupted. This is what there was until then.</p>` : ""}
</header>`;
}

function titleOf({ engines }: RunResult): string {
  const labels = engines.filter(({ absent }) => absent === undefined).map(({ label }) => label);
  const list = new Intl.ListFormat("en", { type: "conjunction" }).format(labels);
  return labels.length > 1 ? `${list}, side by side` : `What a sandbox of ${list || "nothing"} costs`;
}

function licences(text: string): Markup {
  return html`<footer class="licences"><details><summary>Licences of what draws this page</summary><pre role="region" tabindex="0" aria-label="Licences">${text}</pre></details></footer>`;
}

function day(iso: string): string {
  return new Date(iso).toLocaleDateString("en-GB", { dateStyle: "long", timeZone: "UTC" });
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

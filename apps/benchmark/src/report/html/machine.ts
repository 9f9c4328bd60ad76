import type { EngineResult, RunResult } from "../../result.js";
import { html, type Markup } from "./markup.js";

/** Where and how it was measured: without it no figure means anything. */
export function machine(result: RunResult): Markup {
  const { host, load } = result;
  const facts: Array<readonly [string, string]> = [
    ["Processor", `${host.cpuModel}, ${host.coreCount} cores, ${host.architecture}`],
    ["Memory", `${(host.memoryBytes / 1024 ** 3).toFixed(0)} GiB`],
    ["System", `${host.system}, ${host.kernel}`],
    ["Node.js", host.node],
    ["Load before", loadText(load.before)],
    ["Load after", loadText(load.after)],
    [
      "Run",
      `${result.form} form, ${(result.durationMs / 1000).toFixed(0)} s, seed ${result.seed}, network ${result.network}`,
    ],
    ["Begun", result.startedAt],
  ];
  return html`<section class="words" aria-labelledby="machine">
<h2 id="machine">The machine</h2>
<dl>${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}${result.engines.map(engine)}</dl>
</section>`;
}

function engine({ label, version, endpoint, image, absent, details, contenders }: EngineResult): Markup {
  if (absent !== undefined) return html`<div><dt>${label}</dt><dd>Not measured. ${absent}</dd></div>`;
  const named = (entries: Readonly<Record<string, string>>) =>
    Object.entries(entries).map(([name, value]) => `${name} ${value}`);
  const facts = [
    ...[version, endpoint, image].filter((fact) => fact !== undefined),
    ...named(details),
    ...contenders.flatMap(({ versions }) => named(versions)),
  ];
  return html`<div><dt>${label}</dt><dd>${[...new Set(facts)].join(" · ")}</dd></div>`;
}

/** Processes that wanted a core, over 1, 5 and 15 minutes. */
function loadText(values: readonly number[]): string {
  return values.map((value) => value.toFixed(2)).join(" · ");
}

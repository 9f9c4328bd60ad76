import "./page.css";
import { choicesOf, describeChoices, hideUnchosen, isChosen } from "./filters.js";
import { lanesChart } from "./lanes-chart.js";
import type { PageChart, PageData } from "./page-data.js";
import { phasesChart } from "./phases-chart.js";
import { letPoint } from "./pointing.js";
import { sampleTable } from "./sample-table.js";
import { applyTheme, rememberedTheme, rememberTheme } from "./theme.js";

// Before anything is painted.
applyTheme(rememberedTheme());
document.addEventListener("DOMContentLoaded", start);

function start(): void {
  const data = JSON.parse(document.getElementById("data")?.textContent ?? "") as PageData;
  const form = document.querySelector<HTMLFormElement>("form.filters");
  if (!form) return;
  form.hidden = false;
  const fold = form.querySelector("details");
  if (fold) fold.open = matchMedia("(min-width: 62rem)").matches;
  const theme = form.querySelector<HTMLInputElement>(`input[name="theme"][value="${rememberedTheme()}"]`);
  if (theme) theme.checked = true;
  const show = () => {
    hideUnchosen(choicesOf(form));
    draw(data, form);
    const output = form.querySelector("output");
    if (output) output.textContent = describeChoices(form);
  };
  form.addEventListener("change", () => {
    const { value } = form.elements.namedItem("theme") as RadioNodeList;
    applyTheme(value);
    rememberTheme(value);
    show();
  });
  form.addEventListener("reset", (event) => {
    // Its own reset would put the theme back too.
    event.preventDefault();
    for (const box of form.querySelectorAll<HTMLInputElement>('input[type="checkbox"]')) box.checked = true;
    show();
  });
  for (const chart of data.charts) offerSamples(chart, form);
  show();
  drawAtNewWidth(() => draw(data, form));
}

function draw({ charts, phases }: PageData, form: HTMLFormElement): void {
  const choices = choicesOf(form);
  for (const chart of charts) {
    const plot = plotOf(chart.id);
    const rows = chart.rows.filter((row) => isChosen(row, choices));
    // What is folded has no width; it is drawn when it is opened.
    const width = plot?.clientWidth ?? 0;
    if (!plot || width === 0) continue;
    plot.replaceChildren();
    if (rows.length === 0) continue;
    const drawn = lanesChart(chart, rows, width, choices.scale);
    letPoint(chart, drawn);
    plot.append(drawn.svg);
  }
  for (const phase of phases) {
    const plot = plotOf(phase.id);
    const rows = phase.rows.filter((row) => isChosen(row, choices));
    const width = plot?.clientWidth ?? 0;
    if (!plot || width === 0) continue;
    plot.replaceChildren(...(rows.length === 0 ? [] : [phasesChart(phase, rows, width)]));
  }
}

function plotOf(id: string): HTMLElement | null {
  return document.getElementById(id)?.querySelector<HTMLElement>(".plot") ?? null;
}

function offerSamples(chart: PageChart, form: HTMLFormElement): void {
  const details = document.getElementById(chart.id)?.querySelector<HTMLDetailsElement>("details.samples");
  const place = details?.querySelector(".list");
  const fill = () => {
    if (!details?.open) return place?.replaceChildren();
    const rows = chart.rows.filter((row) => isChosen(row, choicesOf(form)));
    return place?.replaceChildren(sampleTable(chart, rows));
  };
  details?.addEventListener("toggle", fill);
  form.addEventListener("change", fill);
}

/** Text in charts keeps its size, so a chart is drawn anew for another width, and not scaled. */
function drawAtNewWidth(redraw: () => void): void {
  let width = document.documentElement.clientWidth;
  new ResizeObserver(() => {
    if (document.documentElement.clientWidth === width) return;
    width = document.documentElement.clientWidth;
    redraw();
  }).observe(document.documentElement);
  for (const details of document.querySelectorAll("details.parts"))
    details.addEventListener("toggle", redraw);
}

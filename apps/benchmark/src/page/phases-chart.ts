import * as Plot from "@observablehq/plot";
import { formatValue } from "../report/format.js";
import { axisOf, tickText } from "./axis.js";
import { ownSvg } from "./lanes-chart.js";
import type { PagePhases } from "./page-data.js";
import { layOut } from "./rows.js";
import { toneOf } from "./tones.js";

/** Strength of a contender's accent, phase after phase. */
const strengths = [0.95, 0.62, 0.36, 0.18];
const NARROW_PIXELS = 620;
/** A wide guess, as text is not measured: a part with less room is named in the legend alone. */
const CHARACTER_PIXELS = 7;

/** The parts of a start behind one another, one bar for each contender. */
export function phasesChart(
  { title, names }: PagePhases,
  rows: PagePhases["rows"],
  width: number,
): SVGSVGElement {
  const totals = rows.map(({ parts }) => parts.reduce((sum, { median }) => sum + median, 0));
  const axis = axisOf(totals, "ms", "linear");
  const narrow = width < NARROW_PIXELS;
  const left = narrow ? 8 : 176;
  const right = width - (narrow ? 8 : 92);
  const layout = layOut(rows, { band: 54, label: narrow ? 20 : 0, top: 4, bottom: 44 });
  const scale = Plot.scale({ x: { type: "linear", domain: axis.domain, range: [left, right] } });
  const place = (value: number) => scale.apply(value / axis.divisor) as number;
  const floor = layout.height - 36;
  const bars = layout.rows.flatMap(({ row, y, top }) => {
    let from = 0;
    const segments = row.parts.map((part) => {
      const to = from + part.median;
      const segment = { ...part, x1: place(from), x2: place(to), strength: names.indexOf(part.title) };
      from = to;
      return segment;
    });
    const labelY = narrow ? top + 11 : y;
    const room = segments.map((segment) => ({ ...segment, text: formatValue(segment.median, "ms") }));
    return [
      ...segments.map((segment) =>
        Plot.rect([segment], {
          x1: "x1",
          x2: "x2",
          y1: y - 19,
          y2: y + 5,
          fill: toneOf(row.tone).color,
          fillOpacity: strengths[segment.strength % strengths.length] ?? 1,
          stroke: "var(--paper)",
          title: ({ title: name, median }) => `${name}: ${formatValue(median, "ms")}`,
        }),
      ),
      Plot.text(
        room.filter(({ x1, x2, title: name }) => x2 - x1 > name.length * CHARACTER_PIXELS),
        { x: "x1", y: y + 15, text: "title", textAnchor: "start", fill: "var(--quiet)" },
      ),
      Plot.text([toneOf(row.tone).glyph], {
        x: narrow ? left : 0,
        y: labelY,
        textAnchor: "start",
        fill: toneOf(row.tone).color,
      }),
      Plot.text([row.title], {
        x: (narrow ? left : 0) + 15,
        y: labelY,
        textAnchor: "start",
        fill: "var(--ink)",
        className: "name",
      }),
      Plot.text([formatValue(from, "ms")], {
        x: narrow ? right : width,
        y: labelY,
        textAnchor: "end",
        fill: "var(--ink)",
        className: "median",
      }),
    ];
  });
  const svg = Plot.plot({
    width,
    height: layout.height,
    margin: 0,
    className: "chart",
    ariaLabel: title,
    x: { type: "identity", axis: null },
    y: { type: "identity", axis: null },
    marks: [
      Plot.ruleX(axis.ticks.map(place), { y1: 4, y2: floor, stroke: "var(--grid)" }),
      Plot.text(axis.ticks, {
        x: (tick) => place(tick),
        y: floor + 13,
        text: tickText,
        fill: "var(--quiet)",
      }),
      Plot.text([axis.label], { x: right, y: floor + 29, textAnchor: "end", fill: "var(--quiet)" }),
      Plot.text(layout.headings, {
        x: narrow ? left : 0,
        y: "y",
        text: "text",
        textAnchor: "start",
        fill: "var(--ink)",
        className: "engine",
      }),
      ...bars,
    ],
  });
  svg.setAttribute("role", "img");
  return ownSvg(svg);
}

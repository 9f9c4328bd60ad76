import * as Plot from "@observablehq/plot";
import { formatValue } from "../report/format.js";
import { type Axis, axisOf, type ScaleChoice, tickText } from "./axis.js";
import type { PageChart, PageRow } from "./page-data.js";
import { layOut } from "./rows.js";
import { swarm } from "./swarm.js";
import { toneOf } from "./tones.js";

/** A drawn chart and where everything is in it, for pointing at it. */
export interface DrawnChart {
  readonly svg: SVGSVGElement;
  readonly lanes: readonly Lane[];
}

export interface Lane {
  readonly row: PageRow;
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
  /** In the order of their values. `index` is the place among the row's samples. */
  readonly dots: ReadonlyArray<{ readonly x: number; readonly y: number; readonly index: number }>;
}

/** Below this width a row's name stands above it. */
const NARROW_PIXELS = 620;

/** One row of dots for each contender, with the middle half, the median with its interval, and the 95th percentile. */
export function lanesChart(
  { title, unit }: PageChart,
  rows: readonly PageRow[],
  width: number,
  choice: ScaleChoice,
): DrawnChart {
  const axis = axisOf(
    rows.flatMap(({ samples, interval, p95 }) => [...samples.map(([value]) => value), interval.high, p95]),
    unit,
    choice,
  );
  const narrow = width < NARROW_PIXELS;
  const left = narrow ? 8 : 176;
  const right = width - (narrow ? 8 : 92);
  const layout = layOut(rows, { band: 48, label: narrow ? 20 : 0, top: 4, bottom: 44 });
  const place = placeOn(axis, left, right);
  const lanes = layout.rows.map(({ row, y, top, bottom }): Lane => {
    const inOrder = row.samples.map(([value], index) => ({ value, index })).sort((a, b) => a.value - b.value);
    const xs = inOrder.map(({ value }) => place(value));
    const dots = swarm(xs, radiusOf(row), 19).map(({ x, offset }, order) => ({
      x,
      y: y + offset,
      index: inOrder[order]?.index ?? 0,
    }));
    return { row, top, bottom, left, right, dots };
  });
  const floor = layout.height - 36;
  const svg = Plot.plot({
    width,
    height: layout.height,
    margin: 0,
    className: "chart",
    ariaLabel: title,
    x: { type: "identity", axis: null },
    y: { type: "identity", axis: null },
    marks: [
      Plot.ruleX(
        axis.ticks.map((tick) => place(tick * axis.divisor)),
        { y1: 4, y2: floor, stroke: "var(--grid)" },
      ),
      Plot.text(axis.ticks, {
        x: (tick) => place(tick * axis.divisor),
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
      ...layout.rows.flatMap(({ row, y, top }, index) =>
        laneMarks(row, lanes[index]?.dots ?? [], { y, place, left, right }).concat(
          labelMarks(row, unit, narrow ? { y: top + 11, left, right } : { y, left: 0, right: width }),
        ),
      ),
    ],
  });
  return { svg: ownSvg(svg), lanes };
}

interface Surface {
  readonly y: number;
  readonly left: number;
  readonly right: number;
  place(value: number): number;
}

function laneMarks(row: PageRow, dots: Lane["dots"], { y, place, left, right }: Surface): Plot.Markish[] {
  const { color, symbol } = toneOf(row.tone);
  const half = 20;
  const few = row.samples.length < 2;
  const dense = row.samples.length > 150;
  return [
    Plot.ruleY([y], { x1: left, x2: right, stroke: "var(--lane)" }),
    ...(few
      ? []
      : [
          Plot.rect([row], {
            x1: place(row.quartiles[0]),
            x2: place(row.quartiles[1]),
            y1: y - half,
            y2: y + half,
            fill: color,
            fillOpacity: 0.13,
          }),
          Plot.ruleX([place(row.p95)], { y1: y - 10, y2: y + 10, stroke: color, strokeOpacity: 0.8 }),
        ]),
    Plot.dot(dots, {
      x: "x",
      y: "y",
      r: radiusOf(row),
      symbol,
      fill: color,
      fillOpacity: dense ? 0.4 : 0.7,
    }),
    ...(few
      ? []
      : [
          Plot.ruleX([place(row.median)], {
            y1: y - half,
            y2: y + half,
            stroke: "var(--ink)",
            strokeWidth: 2,
          }),
          Plot.ruleY([y + half + 1.5], {
            x1: place(row.interval.low),
            x2: place(row.interval.high),
            stroke: "var(--ink)",
            strokeWidth: 3,
          }),
        ]),
  ];
}

function labelMarks(
  row: PageRow,
  unit: PageChart["unit"],
  { y, left, right }: { y: number; left: number; right: number },
): Plot.Markish[] {
  const { color, glyph } = toneOf(row.tone);
  return [
    Plot.text([glyph], { x: left, y, textAnchor: "start", fill: color }),
    Plot.text([row.title], {
      x: left + 15,
      y,
      textAnchor: "start",
      fill: "var(--ink)",
      lineWidth: 12,
      textOverflow: "ellipsis",
      className: "name",
    }),
    Plot.text([formatValue(row.median, unit)], {
      x: right,
      y,
      textAnchor: "end",
      fill: "var(--ink)",
      className: "median",
    }),
  ];
}

function radiusOf({ samples }: PageRow): number {
  return samples.length > 150 ? 2 : samples.length > 60 ? 2.6 : 3.4;
}

function placeOn({ type, domain, divisor }: Axis, left: number, right: number): (value: number) => number {
  const scale = Plot.scale({ x: { type, domain, range: [left, right] } });
  return (value) => scale.apply(value / divisor) as number;
}

/**
 * As this page has it. The rules that Plot brings are in the page's style sheet, as its policy lets no other in; and its
 * hundreds of marks say nothing to the ear that the table beneath and the name of each row do not say better.
 */
export function ownSvg(svg: Element): SVGSVGElement {
  svg.querySelector("style")?.remove();
  for (const mark of svg.children) mark.setAttribute("aria-hidden", "true");
  return svg as SVGSVGElement;
}

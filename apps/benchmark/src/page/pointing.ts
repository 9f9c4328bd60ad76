import type { DrawnChart, Lane } from "./lanes-chart.js";
import type { PageChart } from "./page-data.js";
import { rowText, sampleFacts } from "./sample-text.js";

const SVG = "http://www.w3.org/2000/svg";
/** A pointer further away than this points at nothing. */
const REACH_PIXELS = 28;

/** Lets the samples of a chart be pointed at, by pointer, touch and keyboard, and says which one it is. */
export function letPoint(chart: PageChart, { svg, lanes }: DrawnChart): void {
  const ring = document.createElementNS(SVG, "circle");
  ring.setAttribute("r", "6.5");
  ring.setAttribute("class", "ring");
  const hide = () => {
    ring.remove();
    tip().hidden = true;
  };
  const point = (lane: Lane, place: number, spoken: boolean) => {
    const dot = lane.dots[place];
    const sample = dot && lane.row.samples[dot.index];
    if (!dot || !sample) return;
    ring.setAttribute("cx", String(dot.x));
    ring.setAttribute("cy", String(dot.y));
    svg.append(ring);
    const { value, circumstances } = sampleFacts(sample, chart.unit);
    const who = `${lane.row.title} · ${lane.row.engine}`;
    showTip(ring, [value, who, circumstances]);
    if (spoken) say(`${value}, ${circumstances}, ${place + 1} of ${lane.dots.length}`);
  };
  const areas = lanes.map((lane) => area(lane, rowText(lane.row, chart.unit)));
  svg.append(...areas);
  for (const [index, lane] of lanes.entries()) {
    // Where the keyboard is among the samples of this row; before the first.
    let place = -1;
    const element = areas[index];
    element?.addEventListener("keydown", (event) => {
      const next = placeAfter(event.key, place, lane.dots.length);
      if (next !== undefined) {
        place = next;
        point(lane, place, true);
      } else if (event.key === "ArrowDown") areas[index + 1]?.focus();
      else if (event.key === "ArrowUp") areas[index - 1]?.focus();
      else if (event.key === "Escape") {
        place = -1;
        hide();
      } else return;
      event.preventDefault();
    });
    element?.addEventListener("blur", hide);
    element?.addEventListener("pointermove", (event) => {
      const nearest = nearestDot(lane, pointIn(svg, event));
      if (nearest === undefined) hide();
      else {
        place = nearest;
        point(lane, nearest, false);
      }
    });
    element?.addEventListener("pointerleave", hide);
  }
  svg.setAttribute("role", "group");
}

function area({ top, bottom, left, right }: Lane, text: string): SVGRectElement {
  const element = document.createElementNS(SVG, "rect");
  const attributes = { x: left - 4, y: top, width: right - left + 8, height: bottom - top, rx: 4 };
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.setAttribute("class", "lane");
  element.setAttribute("tabindex", "0");
  element.setAttribute("role", "img");
  element.setAttribute("aria-label", text);
  return element;
}

function placeAfter(key: string, place: number, count: number): number | undefined {
  if (key === "ArrowRight") return Math.min(place + 1, count - 1);
  if (key === "ArrowLeft") return Math.max(place - 1, 0);
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  return undefined;
}

function nearestDot({ dots }: Lane, { x, y }: DOMPoint): number | undefined {
  let best: number | undefined;
  let least = REACH_PIXELS;
  for (const [place, dot] of dots.entries()) {
    const distance = Math.hypot(dot.x - x, dot.y - y);
    if (distance < least) [best, least] = [place, distance];
  }
  return best;
}

function pointIn(svg: SVGSVGElement, { clientX, clientY }: PointerEvent): DOMPoint {
  return new DOMPoint(clientX, clientY).matrixTransform(svg.getScreenCTM()?.inverse());
}

function tip(): HTMLElement {
  return document.querySelector<HTMLElement>(".tip") ?? document.body;
}

/** Above what it is about, and within the window. */
function showTip(about: Element, lines: readonly string[]): void {
  const element = tip();
  element.replaceChildren(
    ...lines.map((line) => {
      const paragraph = document.createElement("p");
      paragraph.textContent = line;
      return paragraph;
    }),
  );
  element.hidden = false;
  const { left, top, bottom, width } = about.getBoundingClientRect();
  const own = element.getBoundingClientRect();
  const room = document.documentElement.clientWidth;
  const x = Math.max(8, Math.min(left + width / 2 - own.width / 2, room - own.width - 8));
  const y = top - own.height - 8 > 8 ? top - own.height - 8 : bottom + 8;
  element.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
}

function say(text: string): void {
  const element = document.getElementById("said");
  if (element) element.textContent = text;
}

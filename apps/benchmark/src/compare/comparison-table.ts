import Table from "cli-table3";
import { valuesOf } from "../report/figures.js";
import { formatRatio, formatValue } from "../report/format.js";
import { median } from "../statistics.js";
import { type ComparedSeries, FALSE_ALARMS, type Finding } from "./compare.js";

const words: Readonly<Record<Finding, string>> = {
  improvement: "better",
  regression: "WORSE",
  noise: "noise",
  control: "",
  "not judged": "-",
};

/** Two runs for a terminal: what changed, and how the machine did meanwhile. */
export function comparisonTable(compared: readonly ComparedSeries[]): string {
  const table = new Table({
    head: ["", "before", "after", "after ÷ before", "machine", ""],
    colAligns: ["left", "right", "right", "right", "right", "left"],
    style: { head: [], border: [], compact: true },
  });
  let title = "";
  for (const one of compared) {
    const heading = `${one.later.title} · ${one.later.engine}`;
    if (heading !== title) table.push([{ content: heading, colSpan: 6 }]);
    title = heading;
    table.push(cellsOf(one));
  }
  return [table.toString(), ...conclusion(compared)].join("\n");
}

function cellsOf({ earlier, later, shift, control, finding, why }: ComparedSeries): string[] {
  return [
    `  ${later.contenderTitle}`,
    formatValue(median(valuesOf(earlier)), earlier.unit),
    formatValue(median(valuesOf(later)), later.unit),
    shift && shift.low > 0 ? formatRatio(shift) : "",
    control ? formatRatio(control) : "",
    [words[finding], why].filter(Boolean).join(": "),
  ];
}

function conclusion(compared: readonly ComparedSeries[]): string[] {
  const count = (finding: Finding) => compared.filter((one) => one.finding === finding).length;
  const judged = count("improvement") + count("regression") + count("noise");
  return [
    `${count("regression")} worse, ${count("improvement")} better, ${count("noise")} noise, ${count("not judged")} not judged.`,
    `A false alarm in one of ${judged} rows or more is to be expected in at most ${FALSE_ALARMS * 100} of 100 comparisons.`,
  ];
}

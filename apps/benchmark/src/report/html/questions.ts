import type { Series } from "../../measurement.js";
import type { RunResult } from "../../result.js";
import { scenariosOf } from "../../scenarios/index.js";

/** A scenario of the run with the quantities that answer it, as the page shows them. */
export interface Question {
  readonly scenario: string;
  readonly text: string;
  readonly quantities: readonly Quantity[];
  /** Quantities that follow one another within a start. */
  readonly phases: readonly Quantity[];
}

/** One metric with everybody who was asked for it, those without an answer too. */
export interface Quantity {
  /** Unique in the page, and good for an element's id. */
  readonly id: string;
  readonly title: string;
  readonly unit: Series["unit"];
  readonly series: readonly Series[];
}

/** Metrics of this name are parts of a whole that follow one another. */
const PHASE = "phase-";

/** In the order in which they were measured. */
export function questionsOf({ series, form, scenarios }: RunResult): Question[] {
  const texts = new Map((scenarios ?? scenariosOf(form)).map(({ id, question }) => [id, question]));
  return [...grouped(series, "scenario")].map(([scenario, answers], index) => {
    const quantities = [...grouped(answers, "metric").values()].map((group, position) =>
      quantityOf(`figure-${index + 1}-${position + 1}`, group),
    );
    const isPhase = ({ series: [first] }: Quantity) => first?.metric.startsWith(PHASE) === true;
    return {
      scenario,
      // A scenario that an earlier version measured and this one does not know is shown under its name.
      text: texts.get(scenario) ?? scenario,
      quantities: quantities.filter((quantity) => !isPhase(quantity)),
      phases: quantities.filter(isPhase),
    };
  });
}

function quantityOf(id: string, series: readonly Series[]): Quantity {
  return { id, title: series[0]?.title ?? "", unit: series[0]?.unit ?? "count", series };
}

function grouped(series: readonly Series[], key: "scenario" | "metric"): Map<string, Series[]> {
  const groups = new Map<string, Series[]>();
  for (const one of series) groups.set(one[key], [...(groups.get(one[key]) ?? []), one]);
  return groups;
}

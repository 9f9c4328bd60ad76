import type { Series } from "../../measurement.js";
import type { PageChart, PageContender, PageData, PagePhases, PageRow } from "../../page/page-data.js";
import type { RunResult } from "../../result.js";
import { quantile } from "../../statistics.js";
import { comparisonsOf, type Figure, valuesOf } from "../figures.js";
import type { Quantity, Question } from "./questions.js";

type Describe = (series: Series) => PageContender;

/** What the page's script draws. Who gave no sample is in the tables alone. */
export function pageDataOf(result: RunResult, questions: readonly Question[], describe: Describe): PageData {
  const figures = new Map(
    comparisonsOf(result)
      .flatMap((comparison) => comparison.figures)
      .map((figure) => [figure.series, figure]),
  );
  const figuresOf = ({ series }: Quantity) => series.flatMap((one) => figures.get(one) ?? []);
  return {
    charts: questions.flatMap(({ quantities, phases }) =>
      [...quantities, ...phases].map(({ id, title, unit, ...rest }): PageChart => {
        const rows = figuresOf({ id, title, unit, ...rest }).map((figure) => rowOf(figure, describe));
        return { id, title, unit, rows };
      }),
    ),
    phases: questions
      .map((question) => phasesOf(question, figuresOf, describe))
      .filter(({ rows }) => rows.length > 0),
  };
}

function rowOf({ series, median, interval, p95, p99, ratio }: Figure, describe: Describe): PageRow {
  const values = valuesOf(series);
  return {
    ...describe(series),
    median,
    interval,
    p95,
    p99,
    ...(ratio === undefined ? {} : { ratio }),
    quartiles: [quantile(values, 0.25), quantile(values, 0.75)],
    samples: series.samples.map(({ value, round, atMs, worker }) => [value, round, atMs, worker ?? null]),
  };
}

function phasesOf(
  { scenario, phases }: Question,
  figuresOf: (quantity: Quantity) => Figure[],
  describe: Describe,
): PagePhases {
  const parts = phases.flatMap((phase) =>
    figuresOf(phase).map(({ series, median }) => ({
      who: describe(series),
      part: { title: partName(phase.title), median },
    })),
  );
  const key = ({ engine, contender }: PageContender) => JSON.stringify([engine, contender]);
  const everybody = new Map(parts.map(({ who }) => [key(who), who]));
  const engines = [...new Set(parts.map(({ who }) => who.engine))];
  return {
    id: `phases-${scenario}`,
    title: "What the start is made of",
    names: [...new Set(parts.map(({ part }) => part.title))],
    // The sandbox has the first accent: it stands before its baselines here too.
    rows: [...everybody]
      .map(([wanted, who]) => ({
        ...who,
        parts: parts.filter((one) => key(one.who) === wanted).map(({ part }) => part),
      }))
      .sort((a, b) => engines.indexOf(a.engine) - engines.indexOf(b.engine) || a.tone - b.tone),
  };
}

/** "cold start: create" is "create" among the parts of a cold start. */
function partName(title: string): string {
  return title.slice(title.indexOf(": ") + 1).trim();
}

export function isAnswered({ samples }: Series): boolean {
  return samples.length > 0;
}

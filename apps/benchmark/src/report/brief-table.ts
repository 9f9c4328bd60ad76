import Table from "cli-table3";
import type { Series } from "../measurement.js";
import type { RunResult } from "../result.js";
import { median } from "../statistics.js";
import { valuesOf } from "./figures.js";
import { formatValue } from "./format.js";

/** A row of the table: what a person who chooses an engine asks first, and the figures that answer it. */
interface Question {
  readonly title: string;
  readonly parts: ReadonlyArray<{
    readonly scenario: string;
    readonly metric: string;
    readonly word?: string;
  }>;
}

const questions: readonly Question[] = [
  { title: "Startup", parts: [{ scenario: "cold-start", metric: "first-output" }] },
  {
    title: "Memory",
    parts: [
      { scenario: "idle-memory", metric: "engine", word: "by its account" },
      { scenario: "idle-memory", metric: "host", word: "of the host" },
    ],
  },
  { title: "Disk (per run)", parts: [{ scenario: "disk", metric: "held" }] },
  {
    title: "Cleanup",
    parts: [
      { scenario: "destroy", metric: "time" },
      { scenario: "residue", metric: "gone", word: "after SIGKILL of the owner" },
    ],
  },
];

const NOT_MEASURED = "not measured";

/** One column for each engine, with the sandbox's medians. Head first. */
export function briefRows(result: RunResult): string[][] {
  return [
    ["Metric", ...result.engines.map(({ label }) => label)],
    ...questions.map(({ title, parts }) => [
      title,
      ...result.engines.map(({ label }) => {
        const answers = parts.flatMap(({ scenario, metric, word }) => {
          const series = result.series.find(
            (one) =>
              one.role === "sandbox" &&
              one.engine === label &&
              one.scenario === scenario &&
              one.metric === metric,
          );
          return series && series.samples.length > 0
            ? [[answerOf(series), word].filter(Boolean).join(" ")]
            : [];
        });
        return answers.join(", ") || NOT_MEASURED;
      }),
    ]),
  ];
}

function answerOf(series: Series): string {
  return formatValue(median(valuesOf(series)), series.unit);
}

/** For a terminal. */
export function briefTable(result: RunResult): string {
  const [head = [], ...rows] = briefRows(result);
  const table = new Table({ head, style: { head: [], border: [], compact: true } });
  table.push(...rows);
  return table.toString();
}

/** For a README. */
export function briefMarkdown(result: RunResult): string {
  const [head = [], ...rows] = briefRows(result);
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line), ""].join("\n");
}

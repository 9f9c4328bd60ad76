import { runOutcomes } from "../capacity/outcome.js";
import { type Runtime, runtimes } from "../runtime.js";
import type { Status } from "./status.js";
import { queueBoundsMs } from "./totals.js";

/** Media type of the text format (prometheus.io/docs/instrumenting/exposition_formats). */
export const prometheusType = "text/plain; version=0.0.4; charset=utf-8";

interface Family {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly samples: readonly Sample[];
}

interface Sample {
  /** Behind the family's name, as `_bucket`. */
  readonly suffix?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/**
 * The text format, written here: a library for metrics counts inside one process, and these are counted on disk by many.
 * Names of groups are not in it.
 */
export function prometheusText(status: Status): string {
  return familiesOf(status).map(familyText).join("");
}

function familyText({ name, type, help, samples }: Family): string {
  const lines = samples.map(({ suffix = "", labels = {}, value }) => {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`);
    return `nanoclaw_sandbox_${name}${suffix}${pairs.length > 0 ? `{${pairs.join(",")}}` : ""} ${value}\n`;
  });
  const head = `# HELP nanoclaw_sandbox_${name} ${help}\n# TYPE nanoclaw_sandbox_${name} ${type}\n`;
  return head + lines.join("");
}

function escapeLabel(text: string): string {
  return text.replace(/\\/g, "\\\\").replace(/\n/g, "\\n").replace(/"/g, '\\"');
}

function familiesOf({ totals, runs, limits, damaged }: Status): Family[] {
  const own = runs.filter((run) => run.own);
  const each = (value: (runtime: Runtime) => number): Sample[] =>
    runtimes.map((runtime) => ({ labels: { runtime }, value: value(runtime) }));
  const count = (state: "running" | "waiting") =>
    each((runtime) => own.filter((run) => run.runtime === runtime && run.state === state).length);
  const counter = (name: string, help: string, samples: readonly Sample[]): Family => ({
    name,
    type: "counter",
    help,
    samples,
  });
  const gauge = (name: string, help: string, samples: readonly Sample[]): Family => ({
    name,
    type: "gauge",
    help,
    samples,
  });
  return [
    counter(
      "minutes_used_total",
      "Minutes that ended runs had a place. Lost runs are not in it.",
      each((runtime) => totals[runtime].runMs / 60_000),
    ),
    counter(
      "runs_total",
      "Runs that have ended, by how.",
      runtimes.flatMap((runtime) =>
        runOutcomes.map((outcome) => ({
          labels: { runtime, outcome },
          value: totals[runtime].runs[outcome],
        })),
      ),
    ),
    counter(
      "boot_failures_total",
      "Runs whose sandbox never was ready.",
      each((runtime) => totals[runtime].runs["boot-failed"]),
    ),
    gauge("running", "Runs that have a place.", count("running")),
    gauge("queue_size", "Runs that wait for a place.", count("waiting")),
    {
      name: "queue_seconds",
      type: "histogram",
      help: "How long runs waited that got a place.",
      samples: runtimes.flatMap((runtime) => histogram(runtime, totals[runtime])),
    },
    counter(
      "queue_left_total",
      "Runs that left the queue without a place, by why.",
      runtimes.flatMap((runtime) =>
        Object.entries(totals[runtime].left).map(([outcome, value]) => ({
          labels: { runtime, reason: outcome.replace(/^queue-/, "") },
          value,
        })),
      ),
    ),
    gauge(
      "limit",
      "The most that may be taken of a limit.",
      limits.map(({ scope, limit, most }) => ({ labels: { scope, limit }, value: most })),
    ),
    gauge(
      "limit_taken",
      "What is taken of a limit now.",
      limits.map(({ scope, limit, taken }) => ({ labels: { scope, limit }, value: taken })),
    ),
    gauge("damaged_files", "Files of the state that could not be read.", [{ value: damaged.length }]),
  ];
}

function histogram(runtime: Runtime, { queued, queuedMs }: Status["totals"][Runtime]): Sample[] {
  let sum = 0;
  const buckets = queued.map((count, index) => {
    sum += count;
    const boundMs = queueBoundsMs[index];
    const le = boundMs === undefined ? "+Inf" : String(boundMs / 1000);
    return { suffix: "_bucket", labels: { runtime, le }, value: sum };
  });
  return [
    ...buckets,
    { suffix: "_sum", labels: { runtime }, value: queuedMs / 1000 },
    { suffix: "_count", labels: { runtime }, value: sum },
  ];
}

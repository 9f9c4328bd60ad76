import type { Series } from "../measurement.js";
import type { RunResult } from "../result.js";
import { median, medianRatio, quantile } from "../statistics.js";
import { valuesOf } from "./figures.js";
import { formatRatio, formatValue } from "./format.js";

/** A promise about speed, memory or clean-up, and what a run says about it. */
export interface Verdict {
  readonly engine: string;
  readonly promise: string;
  readonly outcome: "pass" | "fail" | "unknown";
  /** The figure, or why there is none. */
  readonly evidence: string;
}

/** A median of fewer samples says too little to hold anyone to it. */
const ENOUGH_SAMPLES = 20;
const MIB = 1024 ** 2;
const MEMORY_OF_OWNER = new Set(["transfer-memory", "slow-reader"]);

interface Finding {
  readonly holds: boolean;
  readonly evidence: string;
  /** Default: the samples of the sandbox are enough, however few. */
  readonly tooFew?: boolean;
}

/** What the rules see: one engine's answers to one question. */
interface Answers {
  readonly sandbox: Series;
  readonly baseline: (contender: string) => Series | undefined;
}

interface Rule {
  readonly promise: string;
  readonly scenario: string;
  readonly metric: string;
  /** What of the baseline is compared with it. Default: the same metric. */
  readonly baselineMetric?: string;
  /** Contender without which the rule has no meaning: it tells Docker engines from others. */
  readonly beside: string;
  judge(answers: Answers): Finding;
}

const rules: readonly Rule[] = [
  // The command is over only when it has removed its container, and that is what its user waits for.
  {
    ...beside("cold-start", "first-output", "docker-cli", 0.8, "cold start ≤ 0.80 of docker run --rm"),
    baselineMetric: "whole",
  },
  beside(
    "cold-start",
    "first-output",
    "docker-cli",
    1,
    "cold start below the first output of docker run --rm",
  ),
  beside("cold-start", "first-output", "engine-api", 1, "cold start below Engine API create, start, exec"),
  beside("cold-start", "first-output", "testcontainers", 1, "cold start below testcontainers"),
  beside("cold-start", "first-output", "bwrap", 2.5, "cold start ≤ 2.5 of plain bwrap"),
  beside("next-command", "latency", "engine-api", 1 / 20, "next command ≤ 1/20 of Engine API exec"),
  {
    promise: "next command ≤ 2 ms",
    scenario: "next-command",
    metric: "latency",
    beside: "engine-api",
    judge: ({ sandbox }) => {
      const value = median(valuesOf(sandbox));
      return { holds: value <= 2, evidence: formatValue(value, "ms"), tooFew: isTooFew(sandbox) };
    },
  },
  ...["engine-api", "bwrap"].map((contender) => harnessAdds(contender)),
  ...["engine-api", "bwrap"].map(everyOutputRight),
  {
    promise: "8 at once: no worker's median above Engine API exec",
    scenario: "eight-at-once",
    metric: "latency",
    beside: "engine-api",
    judge: noWorkerSlower,
  },
  beside("small-file", "write", "engine-api", 1 / 5, "1 KiB written ≤ 1/5 of the archive API"),
  beside("small-file", "read", "engine-api", 1 / 5, "1 KiB read ≤ 1/5 of the archive API"),
  beside("large-file", "upload", "engine-api", 1, "64 MiB upload not slower than the archive API"),
  beside("large-file", "download", "engine-api", 1, "64 MiB download not slower than the archive API"),
  ...["engine-api", "bwrap"].flatMap((engine) => [
    below("transfer-memory", "upload", engine, 128 * MIB, "256 MiB upload: memory grows by < 128 MiB"),
    below("transfer-memory", "download", engine, 128 * MIB, "256 MiB download: memory grows by < 128 MiB"),
    below(
      "slow-reader",
      "growth",
      engine,
      64 * MIB,
      "1 GiB, slow reader: every byte, memory grows by < 64 MiB",
    ),
  ]),
  beside("destroy", "time", "engine-api", 1.2, "destroy ≤ 1.2 of the forced remove"),
  ...["engine-api", "bwrap"].flatMap((engine) => [
    below("residue", "gone", engine, 2_000, "owner killed: nothing left within 2 s, ever"),
    below("residue", "left", engine, 0.5, "owner killed: nothing left after 2 s"),
  ]),
];

/** Every promise that applies to an engine of this run. */
export function verdictsOf({ engines, series, form }: RunResult): Verdict[] {
  // The short form moves too little to tell anything about memory.
  const applying = rules.filter(({ scenario }) => form === "full" || !MEMORY_OF_OWNER.has(scenario));
  return engines.flatMap(({ label, contenders }) =>
    applying
      .filter((rule) => contenders.some(({ id }) => id === rule.beside))
      .map((rule) => ({ engine: label, promise: rule.promise, ...verdict(rule, label, series) })),
  );
}

function verdict(rule: Rule, engine: string, all: readonly Series[]): Pick<Verdict, "outcome" | "evidence"> {
  const asked = all.filter((one) => one.engine === engine && one.scenario === rule.scenario);
  const sandbox = asked.find(({ role, metric }) => role === "sandbox" && metric === rule.metric);
  if (!sandbox) return { outcome: "unknown", evidence: "not measured" };
  if (sandbox.failures.length > 0) return { outcome: "fail", evidence: sandbox.failures[0]?.message ?? "" };
  if (sandbox.samples.length === 0) return { outcome: "unknown", evidence: sandbox.remark ?? "no sample" };
  const wanted = rule.baselineMetric ?? rule.metric;
  const baseline = (contender: string) =>
    asked.find((one) => one.contender === contender && one.metric === wanted);
  const { holds, evidence, tooFew } = rule.judge({ sandbox, baseline });
  if (tooFew) return { outcome: "unknown", evidence: `${evidence}, fewer than ${ENOUGH_SAMPLES} samples` };
  return { outcome: holds ? "pass" : "fail", evidence };
}

function beside(scenario: string, metric: string, contender: string, limit: number, promise: string): Rule {
  return {
    promise,
    scenario,
    metric,
    beside: contender,
    judge({ sandbox, baseline }) {
      const other = baseline(contender);
      const ratio = other && medianRatio(valuesOf(sandbox), valuesOf(other));
      if (!ratio) return { holds: false, evidence: `no sample of ${contender}`, tooFew: true };
      return {
        holds: ratio.value <= limit,
        evidence: formatRatio(ratio),
        tooFew: isTooFew(sandbox) || isTooFew(other),
      };
    },
  };
}

/** Holds only when every single sample is below. */
function below(scenario: string, metric: string, contender: string, limit: number, promise: string): Rule {
  return {
    promise,
    scenario,
    metric,
    beside: contender,
    judge({ sandbox }) {
      const highest = Math.max(...valuesOf(sandbox));
      return { holds: highest < limit, evidence: `at most ${formatValue(highest, sandbox.unit)}` };
    },
  };
}

function harnessAdds(contender: string): Rule {
  return {
    promise: "the harness adds < 0.1 ms to a sample",
    scenario: "empty",
    metric: "time",
    beside: contender,
    judge: ({ sandbox }) => {
      const value = quantile(valuesOf(sandbox), 0.95);
      return {
        holds: value < 0.1,
        evidence: `95 of 100 below ${formatValue(value, "ms")}`,
        tooFew: isTooFew(sandbox),
      };
    },
  };
}

function everyOutputRight(contender: string): Rule {
  return {
    promise: "8 at once, 1,000 in all: every output right",
    scenario: "eight-at-once",
    metric: "latency",
    beside: contender,
    // A wrong output is a failure, and that has been looked for.
    judge: ({ sandbox }) => {
      const count = sandbox.samples.length;
      return { holds: count >= 1_000, evidence: `${count} right`, tooFew: count < 1_000 };
    },
  };
}

function noWorkerSlower({ sandbox, baseline }: Answers): Finding {
  const other = baseline("engine-api");
  if (!other || other.samples.length === 0) {
    return { holds: false, evidence: "no sample of engine-api", tooFew: true };
  }
  const workers = new Set(sandbox.samples.map(({ worker }) => worker));
  const medians = [...workers].map((wanted) =>
    median(sandbox.samples.filter(({ worker }) => worker === wanted).map(({ value }) => value)),
  );
  const slowest = Math.max(...medians);
  const limit = median(valuesOf(other));
  return {
    holds: slowest <= limit,
    evidence: `slowest ${formatValue(slowest, "ms")}, API ${formatValue(limit, "ms")}`,
    tooFew: isTooFew(sandbox) || isTooFew(other),
  };
}

function isTooFew({ samples }: Series): boolean {
  return samples.length < ENOUGH_SAMPLES;
}

import { randomBytes } from "node:crypto";
import { arch, cpus, platform, release, totalmem } from "node:os";
import { type EngineReport, probeEngine } from "@nanoclaw/sandbox";
import type { Check } from "./check.js";
import { checks as allChecks } from "./checks/index.js";
import type { CheckResult, ConformanceReport } from "./report.js";
import { runCheck } from "./run-check.js";
import { RunState } from "./run-state.js";
import type { Scale, Target } from "./target.js";
import { versions } from "./versions.js";

/** Which checks: an id, the beginning of ids (`G5`), a pattern for ids, or a function. */
export type Filter = string | RegExp | ((check: Check) => boolean);

export interface ConformanceOptions {
  /** Default: all. */
  readonly filter?: Filter | readonly Filter[];
  /** Default: `suite`. */
  readonly scale?: Scale;
  /** Text from which random moments and bytes are drawn. Default: a new one, told in the report. */
  readonly seed?: string;
  /** Called with each result as it comes. */
  readonly onResult?: (result: CheckResult) => void;
  /** Ends the run after what is under way has been undone; the checks that are left are not in the report. */
  readonly signal?: AbortSignal;
}

/** The checks that a filter leaves, in their order. */
export function selectChecks(filter: ConformanceOptions["filter"]): readonly Check[] {
  if (filter === undefined) return allChecks;
  const filters = Array.isArray(filter) ? filter : [filter as Filter];
  return allChecks.filter((check) => filters.some((each) => matches(each, check)));
}

function matches(filter: Filter, check: Check): boolean {
  if (typeof filter === "function") return filter(check);
  if (filter instanceof RegExp) return filter.test(check.id);
  // "G1" means the guarantee and not G10 as well.
  return check.id === filter || check.guarantee === filter || check.id.startsWith(`${filter}.`);
}

/**
 * Runs the checks on an engine, one after the other, and reports.
 *
 * @throws Whatever keeps the run from beginning, such as a target that cannot make its provider.
 */
export async function runConformance(
  target: Target,
  options: ConformanceOptions = {},
): Promise<ConformanceReport> {
  const { scale = "suite", seed = randomBytes(4).toString("hex"), onResult, signal } = options;
  const startedAt = new Date();
  const run = new RunState(target);
  const results: CheckResult[] = [];
  await run.open();
  let engine: EngineReport;
  try {
    engine = await probeEngine(run.provider);
    for (const check of selectChecks(options.filter)) {
      if (signal?.aborted) break;
      const result = await runCheck(check, target, run, { scale, seed, signal });
      results.push(result);
      onResult?.(result);
    }
  } finally {
    await run.close();
  }
  const count = (status: CheckResult["status"]): number =>
    results.filter((result) => result.status === status).length;
  return {
    target: target.name,
    scale,
    seed,
    startedAt: startedAt.toISOString(),
    durationMs: Date.now() - startedAt.getTime(),
    versions: versions(),
    engine: { version: engine.version, endpoint: engine.endpoint, details: engine.details },
    host: {
      platform: platform(),
      release: release(),
      architecture: arch(),
      cpu: cpus()[0]?.model ?? "unknown",
      cpuCount: cpus().length,
      memoryMiB: Math.round(totalmem() / 2 ** 20),
    },
    passed: count("passed"),
    failed: count("failed"),
    skipped: count("skipped"),
    results,
  };
}

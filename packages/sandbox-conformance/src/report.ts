import type { Guarantee } from "./check.js";
import type { Scale } from "./target.js";

export interface CheckFailure {
  readonly message: string;
  /** Of a `SandboxError`. */
  readonly code?: string;
  /** Messages of the causes, outermost first. */
  readonly causes?: readonly string[];
  readonly stack?: string;
}

export interface CheckResult {
  readonly id: string;
  readonly guarantee: Guarantee;
  readonly title: string;
  readonly status: "passed" | "failed" | "skipped";
  readonly durationMs: number;
  /** Why it was skipped. */
  readonly reason?: string;
  /** What was seen instead of what was promised. */
  readonly failure?: CheckFailure;
  /** Figures that the check took on the way. */
  readonly notes?: Readonly<Record<string, number | string>>;
}

/** All that a reader elsewhere needs to judge a run. Plain JSON. */
export interface ConformanceReport {
  readonly target: string;
  readonly scale: Scale;
  /** Give it back to `runConformance` to have the same random moments again. */
  readonly seed: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly versions: { readonly conformance: string; readonly core: string; readonly node: string };
  readonly engine: {
    readonly version?: string;
    readonly endpoint?: string;
    readonly details: Readonly<Record<string, string>>;
  };
  readonly host: {
    readonly platform: string;
    readonly release: string;
    readonly architecture: string;
    readonly cpu: string;
    readonly cpuCount: number;
    readonly memoryMiB: number;
  };
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly results: readonly CheckResult[];
}

const signs = { passed: "ok  ", failed: "FAIL", skipped: "skip" };

/** One result as lines for a person. */
export function formatResult(result: CheckResult): string {
  const { id, title, status, durationMs, reason, failure, notes } = result;
  const figures = Object.entries(notes ?? {}).map(([name, value]) => `${name} ${value}`);
  const lines = [`${signs[status]} ${id}  ${title} (${[`${durationMs} ms`, ...figures].join(", ")})`];
  if (reason !== undefined) lines.push(`     ${reason}`);
  for (const line of [failure?.message ?? [], failure?.causes ?? []].flat()) {
    lines.push(...line.split("\n").map((part) => `     ${part}`));
  }
  return lines.join("\n");
}

/** A whole report as text for a person. */
export function formatReport(report: ConformanceReport): string {
  const { target, engine, host, versions, results } = report;
  const details = Object.entries(engine.details).map(([name, value]) => `${name}: ${value}`);
  return [
    `Conformance of ${target}, ${report.startedAt}, scale ${report.scale}, seed ${report.seed}`,
    `engine: ${[engine.version, engine.endpoint].filter(Boolean).join(" at ") || "version not told"}`,
    ...details,
    `host: ${host.platform} ${host.release} ${host.architecture}, ${host.cpuCount} × ${host.cpu}, ${host.memoryMiB} MiB`,
    `versions: conformance ${versions.conformance}, core ${versions.core}, Node ${versions.node}`,
    "",
    ...results.map(formatResult),
    "",
    `${report.passed} passed, ${report.failed} failed, ${report.skipped} skipped in ${(report.durationMs / 1000).toFixed(1)} s`,
  ].join("\n");
}

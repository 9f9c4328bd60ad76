import { type EngineReport, probeEngine, SandboxError, type SandboxProvider } from "@nanoclaw/sandbox";
import { abortable } from "@nanoclaw/sandbox/adapter";
import type { Runtime } from "../runtime.js";

/** One engine as it was found. */
export interface Finding {
  readonly runtime: Runtime;
  readonly available: boolean;
  /** Why it is not, in one line; empty where it is. */
  readonly reason: string;
  /** What a person can do about it. */
  readonly hint?: string;
  /** Whether it may come by itself: a daemon starts, a package does not. */
  readonly mayCome: boolean;
  /** Absent when there is no adapter. */
  readonly provider?: SandboxProvider;
  readonly report?: EngineReport;
}

export interface SurveyTimes {
  /** How long an engine that is there counts as there. Default: 30 000. */
  readonly foundMs?: number;
  /** How long one that is not counts as missing. Default: 1 000. */
  readonly missingMs?: number;
  /** An engine that gives no answer for so long is not there. Default: 5 000. */
  readonly probeMs?: number;
}

export interface LookOptions {
  readonly signal?: AbortSignal;
  /** An older finding is not taken. Default: as the survey's times say. */
  readonly maximumAgeMs?: number;
}

interface Remembered {
  /** Of this adapter; its options may have changed since. */
  readonly provider: SandboxProvider;
  readonly finding: Promise<Finding>;
  /** When it was found, by the monotonic clock. Absent while it is being looked for. */
  at?: number;
  available?: boolean;
}

/** Looks for engines, and remembers for a while what it found. Those who ask at the same time share one look. */
export class Survey {
  readonly #times: Required<SurveyTimes>;
  readonly #remembered = new Map<Runtime, Remembered>();

  constructor(times: SurveyTimes = {}) {
    this.#times = { foundMs: 30_000, missingMs: 1_000, probeMs: 5_000, ...times };
  }

  /** Rejects by the signal alone: what else goes wrong is the engine's reason. */
  async look(
    runtime: Runtime,
    provider: SandboxProvider,
    { signal, maximumAgeMs }: LookOptions = {},
  ): Promise<Finding> {
    signal?.throwIfAborted();
    const known = this.#remembered.get(runtime);
    const holds = known?.provider === provider && this.#isFresh(known, maximumAgeMs);
    const finding = holds ? known.finding : this.#begin(runtime, provider);
    return await (signal ? abortable(finding, signal) : finding);
  }

  #isFresh({ at, available }: Remembered, maximumAgeMs = Number.POSITIVE_INFINITY): boolean {
    if (at === undefined) return true;
    const { foundMs, missingMs } = this.#times;
    return performance.now() - at < Math.min(available ? foundMs : missingMs, maximumAgeMs);
  }

  #begin(runtime: Runtime, provider: SandboxProvider): Promise<Finding> {
    // Not under the signal of who asked first: others may wait for it, too.
    const finding = probe(runtime, provider, this.#times.probeMs);
    const remembered: Remembered = { provider, finding };
    this.#remembered.set(runtime, remembered);
    void finding.then(({ available }) => Object.assign(remembered, { available, at: performance.now() }));
    return finding;
  }
}

async function probe(runtime: Runtime, provider: SandboxProvider, timeoutMs: number): Promise<Finding> {
  try {
    const report = await probeEngine(provider, { timeoutMs });
    const [problem] = report.available ? [] : report.problems;
    const reason = report.available ? "" : firstLine(problem?.message ?? "It is not there.");
    const { available } = report;
    return { runtime, available, reason, hint: problem?.hint, mayCome: true, provider, report };
  } catch (error) {
    return { ...notThere(runtime, error), mayCome: true, provider };
  }
}

/** An engine that cannot even be asked. */
export function notThere(runtime: Runtime, error: unknown): Finding {
  const { message, hint } = SandboxError.is(error) ? error : { message: String(error), hint: undefined };
  return { runtime, available: false, reason: firstLine(message), hint, mayCome: false };
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}

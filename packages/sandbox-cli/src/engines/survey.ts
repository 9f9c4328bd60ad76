import { probeEngine, SandboxError, type SandboxProvider } from "@nanoclaw/sandbox";
import { type EngineReport, isAtLeast } from "@nanoclaw/sandbox/adapter";
import { loadEngine } from "./load.js";

/** An engine that does not answer is not there. */
const PROBE_TIMEOUT_MS = 5_000;

/** One engine as it was found. */
export interface Finding {
  readonly name: string;
  /** Undefined: the adapter's package is not installed or does not load; `failure` says why. */
  readonly provider?: SandboxProvider;
  /** Undefined: there is no adapter, or it could not tell in time. */
  readonly report?: EngineReport;
  readonly failure?: SandboxError;
}

/** Loads an adapter and looks for its engine. Rejects only when aborted. */
export async function lookAt(name: string, options: unknown, signal: AbortSignal): Promise<Finding> {
  let provider: SandboxProvider | undefined;
  try {
    provider = await loadEngine(name, options);
    return { name, provider, report: await probeEngine(provider, { signal, timeoutMs: PROBE_TIMEOUT_MS }) };
  } catch (error) {
    signal.throwIfAborted();
    if (!SandboxError.is(error)) throw error;
    return provider ? { name, provider, failure: error } : { name, failure: error };
  }
}

export type Usable = Finding & { readonly provider: SandboxProvider };

export function isUsable(finding: Finding): finding is Usable {
  return finding.provider !== undefined && finding.report?.available === true;
}

/** The strongest first; equally strong ones stay in the order in which they came. */
export function strongestFirst<F extends Finding>(findings: readonly F[]): F[] {
  return [...findings].sort((a, b) => {
    const [first, second] = [
      a.provider?.capabilities.isolation ?? "none",
      b.provider?.capabilities.isolation ?? "none",
    ];
    return Number(isAtLeast(second, first)) - Number(isAtLeast(first, second));
  });
}

/** Why an engine cannot be used, in one line. "sandbox doctor" has the rest. */
export function whyNot({ failure, report }: Finding): string {
  const [line] = (failure?.message ?? report?.problems[0]?.message ?? "It is not there.").split("\n");
  return line ?? "";
}

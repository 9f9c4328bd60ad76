import type { Runtime } from "../runtime.js";

/** What a run takes of the machine. */
export interface Need {
  readonly folder: string;
  readonly runtime: Runtime;
  readonly memoryMiB?: number;
  readonly cpuCount?: number;
  /**
   * Counts against the two that Apple's licence allows on one machine (`tart.md §3`). Default: true in Tart, so that
   * whoever starts a Linux guest there says `false`.
   */
  readonly macOS?: boolean;
}

/** A place that a run holds. It ends with the process that holds it, too, however that ends. */
export interface Slot extends AsyncDisposable {
  readonly queuedMs: number;
  /** Ends the run in the metrics. Disposal alone counts it as `lost`. */
  end(outcome: "answered" | "failed" | "boot-failed" | "timeout" | "aborted"): Promise<void>;
}

/** Who lets runs begin: at most so many at once by engine, memory and CPUs, in fair turns of the groups. */
export interface Capacity {
  /**
   * Waits for a place.
   *
   * @throws SandboxError `resource_exhausted` when `timeoutMs` is over or the need can never be met; `aborted`.
   */
  admit(need: Need, options: { readonly timeoutMs: number; readonly signal?: AbortSignal }): Promise<Slot>;
}

import type { SandboxProvider } from "@nanoclaw/sandbox";
import type { Group } from "../group.js";
import type { Runtime } from "../runtime.js";
import type { Choice, Decision } from "./decision.js";

/** Who tells which engine a group gets. The three ways in, and the command line, ask nobody else. */
export interface Router {
  /** What policy says, engines not asked. Read afresh each time. */
  decide(group: Group): Promise<Decision>;
  /**
   * The engine that takes the run.
   *
   * @throws SandboxError `engine_unavailable` when neither the decided runtime nor an allowed fallback is there.
   * Never a weaker one in silence.
   */
  choose(decision: Decision, options?: { readonly signal?: AbortSignal }): Promise<Choice>;
  /** The adapter of a runtime, with this installation's settings. The same object each time. */
  provider(runtime: Runtime): Promise<SandboxProvider>;
}

import type { SandboxProvider } from "@nanoclaw/sandbox";
import type { Group } from "../group.js";
import type { Runtime } from "../runtime.js";
import type { Choice, Decision } from "./decision.js";

/** Who tells which engine a group gets. The three ways in, and the command line, ask nobody else. */
export interface Router {
  /**
   * What policy says. Read afresh each time. Engines are looked at only where nobody on the host has named one.
   *
   * @throws SandboxError `invalid_argument` or `permission_denied` for settings or a policy that cannot be believed;
   * `engine_unavailable` when none is named and none is there.
   */
  decide(group: Group): Promise<Decision>;
  /**
   * The engine that takes the run, and the decision with what holds in that engine: its image, entry point and limits.
   *
   * @throws SandboxError `engine_unavailable` when neither the decided runtime nor an allowed fallback is there;
   * `unsupported` when it is there and cannot do what the policy asks. Never a weaker one in silence.
   */
  choose(decision: Decision, options?: { readonly signal?: AbortSignal }): Promise<Choice>;
  /** The adapter of a runtime, with this installation's settings. The same object each time, while they are the same. */
  provider(runtime: Runtime): Promise<SandboxProvider>;
}

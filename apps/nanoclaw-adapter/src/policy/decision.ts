import type { Limits } from "@nanoclaw/sandbox";
import type { Agent } from "../agents/agent.js";
import type { Runtime } from "../runtime.js";

/** Where an opinion on a group's runtime comes from, strongest first. */
export type LayerName = "policy" | "registered" | "group-file" | "environment" | "detected";

/** What one layer said, and what became of it. */
export interface Layer {
  readonly layer: LayerName;
  /** File, variable or database column, as a person finds it. */
  readonly source: string;
  /** Absent: the layer says nothing. */
  readonly runtime?: Runtime;
  /** `chosen`; `raised` what an earlier layer had said; or why it lost. */
  readonly outcome: "chosen" | "raised" | "silent" | "overruled" | "refused";
  /** One sentence. */
  readonly reason: string;
}

/** A try to weaken a group's wall from a place that its agent can write to. Told aloud wherever a run begins. */
export interface LoweringAttempt {
  readonly source: string;
  readonly asked: string;
  readonly kept: Runtime;
}

/** What belongs to one runtime in a decision. */
export type InRuntime = Pick<Decision, "image" | "entrypoint" | "limits">;

/**
 * What NanoClaw may ask of `docker` and an engine can only do in part (docs/nanoclaw/shim.md): binds made by the guest's
 * own kernel, files copied in instead of shared, no limit of processes, a smaller `/dev/shm`.
 */
export type Concession = "guest-mounts" | "copied-files" | "pids-limit" | "shared-memory";

/** What is wanted of an engine for one group, after all layers. */
export interface Decision {
  readonly folder: string;
  readonly runtime: Runtime;
  /** In order, where the policy allows any: only when `runtime` is not there. Empty: the run is refused instead. */
  readonly fallback: readonly Runtime[];
  readonly sensitive: boolean;
  readonly agent: Agent;
  readonly image?: string;
  /** Default: none. What is not conceded is refused. */
  readonly concessions?: readonly Concession[];
  readonly network: "open" | "none";
  readonly limits: Limits;
  /** Milliseconds: until the guest is ready, for the whole run, without output. */
  readonly timeouts: { readonly bootMs: number; readonly runMs: number; readonly idleMs: number };
  /** Those that are NanoClaw's own settings (`CONTAINER_TIMEOUT`, `IDLE_TIMEOUT`), which it keeps itself where it runs the turn. */
  readonly keptByNanoClaw?: readonly ("runMs" | "idleMs")[];
  /** What happens to a sandbox whose run has failed: looked into until the time is up, or gone at once. */
  readonly keep: { readonly on: "never" | "failure"; readonly ttlMs: number };
  /** How long a run may wait for its turn, in milliseconds. */
  readonly queueMs: number;
  /** Names of the secrets that the group's agent may see. Absent: those that its profile asks for. */
  readonly secrets?: readonly string[];
  /** What runs in the guest where no image of Docker's says it: a program and its first arguments. */
  readonly entrypoint?: readonly string[];
  /** What differs in the runtimes that a run may fall back to; `choose` puts it in place. */
  readonly inFallback?: Readonly<Partial<Record<Runtime, InRuntime>>>;
  readonly layers: readonly Layer[];
  readonly attempts: readonly LoweringAttempt[];
  /** What else a person should be told, in sentences. */
  readonly notes?: readonly string[];
}

/** The engine that is there for a decision: its own runtime, or an allowed fallback. */
export interface Choice {
  readonly decision: Decision;
  readonly runtime: Runtime;
  /** What was looked at and is not there, with the reason. */
  readonly unavailable: readonly { readonly runtime: Runtime; readonly reason: string }[];
}

import type { Limits } from "@nanoclaw/sandbox";
import type { Agent } from "../agents/agent.js";
import type { Runtime } from "../runtime.js";
import type { Concession } from "./decision.js";
import type { MinimumIsolation } from "./isolation.js";
import type { Scenario } from "./recommendation.js";

/** What the host's policy file holds, as `sandbox-policy.schema.json` describes it. */
export interface Policy {
  /** For groups of which nothing else is said. */
  readonly default?: Entry;
  /** For several groups at once. The first that says a thing wins; of minimums the strictest. */
  readonly rules?: readonly Rule[];
  /** By folder, exactly. */
  readonly groups?: Readonly<Record<string, GroupEntry>>;
  readonly runtimes?: {
    readonly tart?: TartEntry;
    readonly container?: ContainerEntry;
    readonly docker?: DockerEntry;
    readonly local?: LocalEntry;
  };
}

/** What can be said of a group, in each of the three places. */
export interface Entry {
  /** Stands for what `recommend` says to write for it. What is said beside it goes first. */
  readonly scenario?: Scenario;
  readonly runtime?: Runtime;
  readonly minimumIsolation?: MinimumIsolation;
  readonly sensitive?: boolean;
  readonly fallback?: "deny" | readonly Runtime[];
  readonly agent?: Agent;
  /** A text is the image in the runtime that the policy gives to the group. */
  readonly image?: string | Readonly<Partial<Record<Runtime, string>>>;
  readonly network?: "open" | "none";
  readonly limits?: Limits;
  readonly timeouts?: { readonly bootMs?: number; readonly runMs?: number; readonly idleMs?: number };
  readonly keep?: { readonly on: "never" | "failure"; readonly ttlMs?: number };
  readonly queueMs?: number;
  readonly secrets?: readonly string[];
  /** What the runtimes of the group may do in part. Default: nothing. */
  readonly concessions?: readonly Concession[];
}

export interface GroupEntry extends Entry {
  readonly tags?: readonly string[];
}

/** Applies to a group that is named, or has one of the tags. */
export interface Rule extends Entry {
  readonly groups?: readonly string[];
  readonly tags?: readonly string[];
}

/** What can be said of a runtime. */
interface RuntimeEntry {
  readonly image?: string;
  /** What runs in guests that have no image's entry point, as an argument list. */
  readonly entrypoint?: readonly string[];
  /** Where the group says nothing. */
  readonly limits?: Limits;
}

interface TartEntry extends RuntimeEntry {
  readonly program?: string;
  readonly home?: string;
  readonly connect?: "auto" | "agent" | "ssh";
  readonly pull?: "missing" | "never" | "always";
}

interface ContainerEntry extends RuntimeEntry {
  readonly program?: string;
  readonly pull?: "missing" | "never" | "always";
  readonly platform?: string;
  readonly startService?: boolean;
  /** Linux capabilities for root in the guest, such as `SYS_ADMIN`, by which it may mount. */
  readonly capAdd?: readonly string[];
}

interface DockerEntry extends RuntimeEntry {
  readonly host?: string;
  readonly context?: string;
  readonly certPath?: string;
  readonly pull?: "missing" | "never" | "always";
  readonly platform?: string;
  /** The OCI runtime by the engine's name for it, such as `runsc`. */
  readonly ociRuntime?: string;
  readonly diskQuota?: boolean;
  /** Of `/dev/shm`. Default: 1024, which is what NanoClaw asks for (`nanoclaw.md §2.3`). */
  readonly sharedMemoryMiB?: number;
}

interface LocalEntry extends Omit<RuntimeEntry, "image"> {
  readonly bubblewrap?: string;
  readonly readOnlyPaths?: readonly string[];
}

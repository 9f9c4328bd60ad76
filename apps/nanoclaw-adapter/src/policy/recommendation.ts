import { isAtLeast } from "@nanoclaw/sandbox/adapter";
import type { Runtime } from "../runtime.js";
import { isolationOf } from "./isolation.js";
import type { Entry } from "./policy.js";

/** What a task is like, as far as its wall depends on it. */
export interface Traits {
  /** Needs macOS itself: Xcode, Metal, Apple's frameworks. */
  readonly macos?: boolean;
  /** Somebody will ask what was done and where. */
  readonly compliance?: boolean;
  /** Money, passwords, personal data, deploys. */
  readonly sensitive?: boolean;
  /** Runs code or reads text of strangers. */
  readonly untrusted?: boolean;
  /** A person waits for each answer. */
  readonly latency?: boolean;
  /** Little memory, or many at once. */
  readonly frugal?: boolean;
  /** A question that an agent answers without files or programs. */
  readonly quick?: boolean;
}

export const scenarios = {
  "real-time-chat": { latency: true },
  "financial-reports": { sensitive: true },
  "code-review": { latency: true, untrusted: true },
  "production-deploys": { sensitive: true },
  "quick-queries": { quick: true },
  "compliance-audit": { compliance: true, sensitive: true },
  "untrusted-code": { untrusted: true },
  "password-resets": { sensitive: true },
  "macos-tasks": { macos: true },
  "high-frequency": { latency: true, frugal: true },
  development: { frugal: true },
} as const satisfies Readonly<Record<string, Traits>>;

export type Scenario = keyof typeof scenarios;

interface Rule {
  readonly trait: keyof Traits;
  /** The runtimes that are good enough, the best first. */
  readonly order: readonly Runtime[];
  readonly reason: string;
}

/** From the trait that outweighs all others to the one that gives way first. */
const rules: readonly Rule[] = [
  { trait: "macos", order: ["tart"], reason: "Only Tart has macOS guests." },
  {
    trait: "compliance",
    order: ["tart"],
    reason: "A machine of its own, made afresh for each run and gone after it, is the easiest to vouch for.",
  },
  {
    trait: "sensitive",
    order: ["tart", "container"],
    reason: "A virtual machine has a kernel of its own: a fault in the host's kernel does not open it.",
  },
  {
    trait: "untrusted",
    order: ["tart", "container", "docker"],
    reason: "Strangers' code belongs behind the strongest wall that the time allows.",
  },
  {
    trait: "quick",
    order: ["local"],
    reason:
      "No container is needed; a sandbox is: an agent on the bare host has your files and keys. Where there is no local " +
      "sandbox the run is refused.",
  },
  {
    trait: "latency",
    order: ["container", "docker", "local"],
    reason: "A person waits: containers start sooner than Tart's machines.",
  },
  {
    trait: "frugal",
    order: ["docker", "local", "container"],
    reason: "Containers share the host's memory; a virtual machine takes its own.",
  },
];

const byDefault: Rule = {
  trait: "latency",
  order: ["container", "tart", "docker", "local"],
  reason: "Nothing speaks for another order than NanoClaw's own.",
};

const notes: Readonly<Partial<Record<keyof Traits, string>>> = {
  compliance:
    "Snapshots for an audit are not there yet: the machine is gone after the run. Keep logs elsewhere.",
};

export interface Recommendation {
  /** The best first. Never empty. */
  readonly runtimes: readonly Runtime[];
  readonly reasons: readonly string[];
  /** What could not be had, and what is not there. */
  readonly notes: readonly string[];
  /** What to write for the group in the policy file. */
  readonly entry: Entry;
}

/**
 * Which runtimes suit a task. Each trait that applies narrows the choice, the weightier ones first; one that would leave
 * nothing gives way, and that is told.
 */
export function recommend(traits: Traits): Recommendation {
  const applying = rules.filter(({ trait }) => traits[trait]);
  const met: Rule[] = [];
  let order: readonly Runtime[] | undefined;
  const unmet: string[] = [];
  for (const rule of applying) {
    const left: readonly Runtime[] = order?.filter((runtime) => rule.order.includes(runtime)) ?? rule.order;
    if (left.length === 0) {
      unmet.push(`It cannot be had as well (${rule.trait}): ${rule.reason}`);
      continue;
    }
    // Of what is good enough for all, the lighter trait may choose: who waits gets the quicker of two strong walls.
    order = rule.order.filter((runtime) => left.includes(runtime));
    met.push(rule);
  }
  const reasons = (met.length > 0 ? met : [byDefault]).map(({ reason }) => reason);
  const runtimes = order ?? byDefault.order;
  const told = applying.flatMap(({ trait }) => notes[trait] ?? []);
  return { runtimes, reasons, notes: [...unmet, ...told], entry: entryFor(runtimes, traits) };
}

function entryFor([runtime, ...others]: readonly Runtime[], traits: Traits): Entry {
  const sensitive = traits.sensitive === true || traits.compliance === true;
  const guarded = sensitive || traits.untrusted === true;
  const walls = [...others, runtime].map((each) => isolationOf[each ?? "local"]);
  const weakest = walls.reduce((one, other) => (isAtLeast(one, other) ? other : one));
  // To fall back from an engine to the host's own kernel without a container is nothing to recommend.
  const fallback = others.filter((each) => isAtLeast(isolationOf[each], "container"));
  return {
    runtime,
    ...(guarded && { minimumIsolation: weakest }),
    ...(sensitive && { sensitive }),
    ...(!sensitive && fallback.length > 0 && { fallback }),
  };
}

import type { Limits } from "@nanoclaw/sandbox";
import type { Agent } from "../agents/agent.js";
import type { Runtime } from "../runtime.js";
import type { Concession } from "./decision.js";
import { type MinimumIsolation, stricter } from "./isolation.js";
import type { Entry, Policy, Rule } from "./policy.js";
import { recommend, type Scenario, scenarios } from "./recommendation.js";

/** Something that the policy says, and where. */
interface Said<T> {
  readonly value: T;
  /** `groups/finance`, `rules/0`, `default`. */
  readonly place: string;
}

/** All that the policy says of one group. */
export interface Profile {
  readonly folder: string;
  readonly runtime?: Said<Runtime>;
  /** What the runtime was recommended for. Absent where it is named. */
  readonly scenario?: Said<Scenario>;
  readonly minimum?: Said<MinimumIsolation>;
  readonly sensitive: boolean;
  readonly fallback?: Said<readonly Runtime[]>;
  readonly agent?: Agent;
  readonly image?: Said<NonNullable<Entry["image"]>>;
  readonly network?: "open" | "none";
  readonly limits: Limits;
  readonly timeouts: NonNullable<Entry["timeouts"]>;
  readonly keep?: Entry["keep"];
  readonly queueMs?: number;
  readonly secrets?: readonly string[];
  readonly concessions?: readonly Concession[];
}

interface Level {
  readonly place: string;
  readonly entry: Entry;
}

/** An entry with what its scenario stands for. */
export function withScenario<E extends Entry>(entry: E): E {
  const { scenario } = entry;
  return scenario === undefined ? entry : { ...recommend(scenarios[scenario]).entry, ...entry };
}

/** What is said of a group by its own entry, else by the rules for it, else by the default. */
export function profileOf(policy: Policy, folder: string): Profile {
  const own = ownEntry(policy, folder);
  const said: Level[] = [
    ...(own ? [{ place: `groups/${folder}`, entry: own }] : []),
    ...rulesFor(policy, folder, own?.tags ?? []),
    ...(policy.default ? [{ place: "default", entry: policy.default }] : []),
  ];
  const levels = said.map(({ place, entry }) => ({ place, entry: withScenario(entry) }));
  const runtime = first(levels, "runtime");
  const source = said.find(({ place }) => place === runtime?.place)?.entry;
  const sensitive = sensitivity(levels);
  return {
    folder,
    runtime,
    scenario:
      runtime && source?.scenario && source.runtime === undefined
        ? { place: runtime.place, value: source.scenario }
        : undefined,
    minimum: minimumOf(levels),
    sensitive,
    fallback: fallbackOf(levels, sensitive),
    agent: first(levels, "agent")?.value,
    image: first(levels, "image"),
    network: first(levels, "network")?.value,
    limits: merged(levels, "limits"),
    timeouts: merged(levels, "timeouts"),
    keep: first(levels, "keep")?.value,
    queueMs: first(levels, "queueMs")?.value,
    secrets: first(levels, "secrets")?.value,
    concessions: first(levels, "concessions")?.value,
  };
}

function ownEntry({ groups = {} }: Policy, folder: string) {
  return Object.hasOwn(groups, folder) ? groups[folder] : undefined;
}

function rulesFor({ rules = [] }: Policy, folder: string, tags: readonly string[]): Level[] {
  const applies = (rule: Rule) =>
    rule.groups?.includes(folder) || rule.tags?.some((tag) => tags.includes(tag));
  return rules.flatMap((entry, index) => (applies(entry) ? [{ place: `rules/${index}`, entry }] : []));
}

function first<K extends keyof Entry>(
  levels: readonly Level[],
  key: K,
): Said<NonNullable<Entry[K]>> | undefined {
  for (const { place, entry } of levels) {
    const value = entry[key];
    if (value !== undefined && value !== null) return { place, value };
  }
  return undefined;
}

function isRule({ place }: Level): boolean {
  return place.startsWith("rules/");
}

/** A group with two tags gets the stricter wall of the two, whichever rule stands first. */
function minimumOf(levels: readonly Level[]): Said<MinimumIsolation> | undefined {
  const found = first(levels, "minimumIsolation");
  if (found === undefined || !found.place.startsWith("rules/")) return found;
  return levels.filter(isRule).reduce((strictest, { place, entry: { minimumIsolation: value } }) => {
    if (value === undefined || stricter(strictest.value, value) === strictest.value) return strictest;
    return { place, value };
  }, found);
}

/** The same for sensitivity: one rule that says so is enough. */
function sensitivity(levels: readonly Level[]): boolean {
  const found = first(levels, "sensitive");
  if (found === undefined || !found.place.startsWith("rules/")) return found?.value ?? false;
  return levels.filter(isRule).some(({ entry }) => entry.sensitive === true);
}

/**
 * A sensitive group falls back only where that is said of it: in its own entry, or in the rule that calls it sensitive.
 * What holds for all groups does not count.
 */
function fallbackOf(levels: readonly Level[], sensitive: boolean): Said<readonly Runtime[]> | undefined {
  const explicit = ({ place, entry }: Level) => place.startsWith("groups/") || entry.sensitive === true;
  const found = first(sensitive ? levels.filter(explicit) : levels, "fallback");
  if (found === undefined) return undefined;
  return { place: found.place, value: typeof found.value === "string" ? [] : found.value };
}

/** Each limit by itself: a group's own memory goes with everybody's count of processes. */
function merged<K extends "limits" | "timeouts">(levels: readonly Level[], key: K): NonNullable<Entry[K]> {
  return Object.assign({}, ...levels.map(({ entry }) => entry[key] ?? {}).reverse());
}

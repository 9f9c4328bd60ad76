import type { Form } from "./scenario.js";

/**
 * Seconds that each scenario takes on a machine with two cores, with docker and local, as a rule. Only their proportion
 * counts: what a run has taken so far tells how fast this machine is.
 */
export const expectedSeconds: Readonly<Record<Form, Readonly<Record<string, number>>>> = {
  full: {
    empty: 0.1,
    "cold-start": 65,
    "next-command": 10,
    destroy: 36,
    residue: 60,
    "eight-at-once": 36,
    "thirty-two-at-once": 22,
    churn: 65,
    "small-file": 12,
    "idle-memory": 19,
    disk: 23,
    output: 15,
    "large-file": 80,
    "archive-job": 25,
    "clone-job": 8,
    "transfer-memory": 25,
    "slow-reader": 45,
  },
  short: {
    empty: 0.1,
    "cold-start": 9,
    "next-command": 7,
    destroy: 8,
    residue: 7,
    "eight-at-once": 12,
    "thirty-two-at-once": 2,
    churn: 5,
    "small-file": 4,
    "idle-memory": 10,
    disk: 9,
    output: 9,
    "large-file": 12,
    "archive-job": 12,
    "clone-job": 8,
    "transfer-memory": 0,
    "slow-reader": 12,
  },
};
const UNKNOWN_SECONDS = { full: 20, short: 4 } as const;

/**
 * Milliseconds until a run ends, as far as that can be told. Undefined before anything was measured.
 *
 * @param part How much of the scenario under way is done, from 0 to 1.
 */
export function timeLeftMs(
  form: Form,
  scenarios: readonly string[],
  now: { readonly index: number; readonly part: number; readonly elapsedMs: number },
): number | undefined {
  const weights = scenarios.map((id) => expectedSeconds[form][id] ?? UNKNOWN_SECONDS[form]);
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  const before = weights.slice(0, now.index).reduce((sum, weight) => sum + weight, 0);
  const done = before + (weights[now.index] ?? 0) * now.part;
  return done === 0 ? undefined : (now.elapsedMs / done) * (all - done);
}

/** As a person says it, rounded so that it does not flicker. */
export function aboutTime(ms: number): string {
  const rounded = Math.max(5, Math.ceil(ms / 5_000) * 5);
  if (rounded < 60) return `about ${rounded} s left`;
  return `about ${Math.ceil(rounded / 60)} min left`;
}

import type { Form } from "./scenario.js";

/**
 * Seconds that each scenario takes on a machine with two cores, with docker and local, as a rule. Only their proportion
 * counts: what a run has taken so far tells how fast this machine is.
 */
export const expectedSeconds: Readonly<Record<Form, Readonly<Record<string, number>>>> = {
  full: {
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
    empty: 0.1,
  },
  short: {
    "cold-start": 7,
    "next-command": 3,
    destroy: 5,
    residue: 4,
    "eight-at-once": 4,
    "thirty-two-at-once": 1.5,
    churn: 2,
    "small-file": 3,
    "idle-memory": 4,
    disk: 3.5,
    output: 3,
    "large-file": 3,
    "transfer-memory": 4,
    "slow-reader": 4,
    "archive-job": 3,
    "clone-job": 1,
    empty: 0.1,
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
  const weights = weightsOf(form, scenarios);
  const done = sum(weights.slice(0, now.index)) + (weights[now.index] ?? 0) * now.part;
  return done === 0 ? undefined : (now.elapsedMs / done) * (sum(weights) - done);
}

function weightsOf(form: Form, scenarios: readonly string[]): number[] {
  return scenarios.map((id) => expectedSeconds[form][id] ?? UNKNOWN_SECONDS[form]);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/**
 * What the scenario that comes next may take of the time that is left, so that something is left for each that follows.
 * What one does not need of its share, the others have.
 */
export function shareMs(form: Form, scenarios: readonly string[], index: number, leftMs: number): number {
  const weights = weightsOf(form, scenarios);
  return (leftMs * (weights[index] ?? 0)) / sum(weights.slice(index));
}

/** As a person says it, rounded so that it does not flicker. */
export function aboutTime(ms: number): string {
  const rounded = Math.max(5, Math.ceil(ms / 5_000) * 5);
  if (rounded < 60) return `about ${rounded} s left`;
  return `about ${Math.ceil(rounded / 60)} min left`;
}

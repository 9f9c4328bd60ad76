import { setTimeout as delay } from "node:timers/promises";
import type { Contender } from "../contender.js";
import { findTraces, type Suspect } from "../engines/traces.js";
import type { Form, Reading, Scenario, Surroundings } from "../scenario.js";

/** How long after the owner has ended what is left of its sandboxes may still go. */
const GRACE_MS = 2_000;
const LOOK_EVERY_MS = 20;

/** One sandbox after another, each with one command, by an owner that then ends in order. */
export function churn(form: Form): Scenario {
  const sandboxesOfOwner = form === "full" ? 20 : 2;
  return {
    id: "churn",
    question:
      "How long does a sandbox take from create to destroyed when many follow each other, and what is left?",
    metrics: [
      { id: "time", title: "churn: create, one command, destroy", unit: "ms" },
      { id: "left", title: `churn: left of ${sandboxesOfOwner}`, unit: "count" },
    ],
    // Five owners with 20 sandboxes each are 100.
    rounds: form === "full" ? 5 : 1,
    warmups: 0,
    baselineRounds: form === "full" ? 1 : 0,
    turnTimeoutMs: 120_000,
    async prepare(contender, surroundings) {
      return {
        turn: () => wearOut(contender, surroundings, sandboxesOfOwner),
        end: async () => undefined,
      };
    },
  };
}

async function wearOut(
  contender: Contender,
  { startOwner }: Surroundings,
  count: number,
): Promise<Reading[]> {
  const owner = await startOwner(contender);
  const ids: string[] = [];
  const readings: Reading[] = [];
  try {
    while (readings.length < count) {
      const { id, ms } = await owner.ask("churn", {});
      ids.push(id);
      readings.push({ metric: "time", value: ms });
    }
  } finally {
    await owner.end();
  }
  // Commands have ended, so that no argument of theirs can be looked for.
  const argument = `${owner.mark} `;
  const suspect: Suspect = {
    target: contender.target,
    mark: owner.mark,
    argument,
    ids,
    directory: owner.directory,
  };
  return [...readings, { metric: "left", value: await leftOf(suspect) }];
}

async function leftOf(suspect: Suspect): Promise<number> {
  const deadline = performance.now() + GRACE_MS;
  for (;;) {
    const { length } = await findTraces(suspect);
    if (length === 0 || performance.now() > deadline) return length;
    await delay(LOOK_EVERY_MS);
  }
}

import { randomInt } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Contender } from "../contender.js";
import { findTraces, type Suspect } from "../engines/traces.js";
import type { Form, Reading, Scenario, Surroundings } from "../scenario.js";

/** What the promise says: nothing is left after this. */
const PROMISED_MS = 2_000;
/** How long a sandbox that breaks the promise is watched. */
const WATCHED_MS = 10_000;
const LOOK_EVERY_MS = 10;
/** The kill comes at a random moment up to this long after create was called. */
const LATEST_KILL_MS = 800;

/** SIGKILL of the process that owns a sandbox, while it is made or while a command runs in it. */
export function residue(form: Form): Scenario {
  return {
    id: "residue",
    question: "After SIGKILL of the owner, how long until nothing is left on engine, disk and process table?",
    metrics: [
      {
        id: "gone",
        title: "owner killed, until nothing is left",
        unit: "ms",
        without: "never gone while it was watched",
      },
      { id: "left", title: "owner killed, left after 2 s", unit: "count" },
    ],
    rounds: form === "full" ? 20 : 3,
    warmups: 0,
    baselineRounds: form === "full" ? 1 : 0,
    async prepare(contender, surroundings) {
      return {
        turn: () => killAnOwner(contender, surroundings),
        end: async () => undefined,
      };
    },
  };
}

async function killAnOwner(contender: Contender, { startOwner, random }: Surroundings): Promise<Reading[]> {
  const owner = await startOwner(contender);
  const seconds = String(randomInt(1_000_000_000, 2_000_000_000));
  const ids: string[] = [];
  const suspect: Suspect = {
    target: contender.target,
    mark: owner.mark,
    argument: seconds,
    ids,
    directory: owner.directory,
  };
  try {
    const life = owner
      .ask("start", {})
      .then(({ id }) => ids.push(id))
      .then(() => owner.ask("begin", { argv: ["sleep", seconds] }))
      .then(() => delay(LATEST_KILL_MS));
    // What fails before the kill fails the turn. After it every question to the owner fails, which is as it should be.
    await Promise.race([life, delay(random() * LATEST_KILL_MS)]);
    await owner.kill();
    return await watch(suspect, contender.role === "baseline" ? PROMISED_MS : WATCHED_MS);
  } finally {
    await owner.kill();
    // Groups and files come after what holds them, and the next look finds what was not ready to go.
    for (let looks = 0; looks < 5; looks++) {
      const traces = await findTraces(suspect);
      await Promise.allSettled(traces.map((trace) => trace.remove()));
      if (traces.length === 0) break;
    }
  }
}

async function watch(suspect: Suspect, limitMs: number): Promise<Reading[]> {
  const begin = performance.now();
  let left: number | undefined;
  for (;;) {
    const count = (await findTraces(suspect)).length;
    const elapsed = performance.now() - begin;
    if (count === 0) {
      return [
        { metric: "gone", value: elapsed },
        { metric: "left", value: left ?? 0 },
      ];
    }
    if (elapsed >= PROMISED_MS) left ??= count;
    if (elapsed >= limitMs) return [{ metric: "left", value: left ?? count }];
    await delay(LOOK_EVERY_MS);
  }
}

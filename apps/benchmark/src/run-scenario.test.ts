import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Contender } from "./contender.js";
import { seededRandom } from "./random.js";
import { runScenario, type ScenarioRun } from "./run-scenario.js";
import type { Scenario, Trial } from "./scenario.js";

const metric = { id: "time", title: "time", unit: "ms" } as const;

test("every contender has its turn in every round, in an order that changes", async () => {
  const turns: string[] = [];
  const scenario = scenarioOf({ rounds: 12, warmups: 1 }, (name) => ({
    turn: async () => {
      turns.push(name);
      return [{ metric: "time", value: 1 }];
    },
  }));
  await runScenario(scenario, ["a", "b", "c"].map(contenderOf), scenarioRun());
  const rounds = Array.from({ length: 13 }, (_, round) => turns.slice(round * 3, round * 3 + 3));
  for (const round of rounds) expect([...round].sort()).toEqual(["a", "b", "c"]);
  expect(new Set(rounds.map((round) => round.join())).size).toBeGreaterThan(2);
});

test("warm-ups are kept apart from samples", async () => {
  let count = 0;
  const scenario = scenarioOf({ rounds: 3, warmups: 2 }, () => ({
    turn: async () => [{ metric: "time", value: count++ }],
  }));
  const [series] = await runScenario(scenario, [contenderOf("a")], scenarioRun());
  expect(series?.warmups.map(({ value }) => value)).toEqual([0, 1]);
  expect(series?.samples.map(({ value, round }) => [value, round])).toEqual([
    [2, 0],
    [3, 1],
    [4, 2],
  ]);
});

test("a turn that fails is told and no sample, and three in a row are enough", async () => {
  let turns = 0;
  let ended = 0;
  const scenario = scenarioOf({ rounds: 10, warmups: 0 }, () => ({
    turn: async () => {
      turns++;
      if (turns === 1) return [{ metric: "time", value: 1 }];
      throw new Error("wrong output");
    },
    end: async () => {
      ended++;
    },
  }));
  const [series] = await runScenario(scenario, [contenderOf("a")], scenarioRun());
  expect(series?.samples).toHaveLength(1);
  expect(series?.failures).toHaveLength(3);
  expect(series?.remark).toContain("wrong output");
  expect([turns, ended]).toEqual([4, 1]);
});

test("a contender that hangs is given up and the others go on", async () => {
  const scenario = scenarioOf({ rounds: 2, warmups: 0, turnTimeoutMs: 50 }, (name) => ({
    turn: () => (name === "hangs" ? new Promise(() => undefined) : one()),
  }));
  const result = await runScenario(scenario, ["hangs", "works"].map(contenderOf), scenarioRun());
  expect(result.map(({ samples }) => samples.length)).toEqual([0, 2]);
  expect(result[0]?.remark).toContain("no answer within 50 ms");
});

test("a contender that cannot be asked has a remark and no sample", async () => {
  const scenario = scenarioOf({ rounds: 2, warmups: 0 }, () => ({ notApplicable: "has no files" }));
  const [series] = await runScenario(scenario, [contenderOf("a")], scenarioRun());
  expect(series).toMatchObject({ samples: [], failures: [], remark: "has no files" });
});

test("a preparation that fails is told", async () => {
  const scenario = {
    ...scenarioOf({ rounds: 2, warmups: 0 }, () => ({ turn: one })),
    prepare: () => Promise.reject(new Error("no such image")),
  };
  const [series] = await runScenario(scenario, [contenderOf("a")], scenarioRun());
  expect(series?.failures).toEqual([{ round: 0, message: "no such image" }]);
});

test("a question that is left out says why, and asks nobody", async () => {
  const scenario = scenarioOf({ rounds: 2, warmups: 0 }, () => ({ turn: () => Promise.reject(new Error()) }));
  const run = { ...scenarioRun(), leftOut: "no time" };
  const [series] = await runScenario(scenario, [contenderOf("a")], run);
  expect(series).toMatchObject({ samples: [], failures: [], remark: "no time" });
});

test("an abort keeps what there is and ends every trial", async () => {
  const controller = new AbortController();
  const ended: string[] = [];
  let turns = 0;
  const scenario = scenarioOf({ rounds: 100, warmups: 0 }, (name) => ({
    turn: async () => {
      if (++turns === 5) controller.abort(new Error("interrupted"));
      return one();
    },
    end: async () => {
      ended.push(name);
    },
  }));
  const result = await runScenario(scenario, ["a", "b"].map(contenderOf), {
    ...scenarioRun(),
    signal: controller.signal,
  });
  const taken = result.flatMap(({ samples }) => samples).length;
  expect(taken).toBeGreaterThanOrEqual(4);
  expect(taken).toBeLessThanOrEqual(5);
  expect(ended.sort()).toEqual(["a", "b"]);
  expect(result[0]?.remark).toBe("interrupted");
});

test("after its time no further round begins, but one is taken", async () => {
  const scenario = scenarioOf({ rounds: 50, warmups: 0, budgetMs: 0 }, () => ({ turn: one }));
  const [series] = await runScenario(scenario, [contenderOf("a")], scenarioRun());
  expect(series?.samples).toHaveLength(1);
  expect(series?.remark).toContain("up after round 1");
});

test("no round begins that would not end within the share", async () => {
  const scenario = scenarioOf({ rounds: 50, warmups: 0 }, () => ({
    turn: async () => {
      await delay(30);
      return await one();
    },
  }));
  const [series] = await runScenario(scenario, [contenderOf("a")], { ...scenarioRun(), shareMs: 40 });
  expect(series?.samples).toHaveLength(1);
  expect(series?.remark).toContain("up after round 1");
});

test("everybody is made ready at the same time", async () => {
  const ready: Array<() => void> = [];
  const scenario = {
    ...scenarioOf({ rounds: 1, warmups: 0 }, () => ({ turn: one })),
    prepare: async () => {
      const all = new Promise<void>((resolve) => ready.push(resolve));
      if (ready.length === 2) for (const go of ready) go();
      await all;
      return { turn: one, end: async () => undefined };
    },
  };
  const result = await runScenario(scenario, ["a", "b"].map(contenderOf), scenarioRun());
  expect(result.map(({ samples }) => samples.length)).toEqual([1, 1]);
});

test("baselines take fewer turns where a scenario says so", async () => {
  const scenario = scenarioOf({ rounds: 4, warmups: 0, baselineRounds: 1 }, () => ({ turn: one }));
  const contenders = [contenderOf("a"), { ...contenderOf("b"), role: "baseline" as const }];
  const result = await runScenario(scenario, contenders, scenarioRun());
  expect(result.map(({ samples }) => samples.length)).toEqual([4, 1]);
});

test("fewer turns are spread over all rounds", async () => {
  const scenario = scenarioOf({ rounds: 9, warmups: 0, baselineRounds: 3 }, () => ({ turn: one }));
  const [series] = await runScenario(
    scenario,
    [{ ...contenderOf("b"), role: "baseline" as const }],
    scenarioRun(),
  );
  expect(series?.samples.map(({ round }) => round)).toEqual([0, 3, 6]);
});

async function one() {
  return [{ metric: "time", value: 1 }];
}

function contenderOf(id: string): Contender {
  const target = {
    engine: "none",
    label: "none",
    providerOptions: {},
    network: "open",
    runId: "run",
  } as const;
  const unused = () => Promise.reject(new Error("not used here"));
  return { id, title: id, role: "sandbox", target, versions: {}, firstOutput: unused, start: unused };
}

function scenarioOf(
  plan: Pick<Scenario, "rounds" | "warmups"> & Partial<Scenario>,
  trial: (name: string) => (Partial<Trial> & { turn: Trial["turn"] }) | { notApplicable: string },
): Scenario {
  return {
    id: "scenario",
    question: "?",
    metrics: [metric],
    ...plan,
    prepare: async ({ id }) => {
      const prepared = trial(id);
      return "notApplicable" in prepared ? prepared : { end: async () => undefined, ...prepared };
    },
  };
}

function scenarioRun(): ScenarioRun {
  return {
    surroundings: {
      random: seededRandom(5),
      directory: "/nowhere",
      startOwner: () => Promise.reject(new Error("not used here")),
    },
    signal: new AbortController().signal,
    startedAt: performance.now(),
  };
}

import { expect, test } from "vitest";
import type { Runtime } from "../runtime.js";
import { demandsOf } from "./demand.js";
import { type CapacityLimits, completeLimits } from "./limits.js";
import { beyondLimits, planStarts } from "./plan.js";
import type { Need } from "./slot.js";
import { groupOf, type Ticket } from "./ticket.js";
import { inFairOrder, noTurns, served } from "./turns.js";

const hardware = { memoryMiB: 16_384, cpuCount: 8 };
const owner = { installation: "", pid: 1, startedAt: "", host: "" };

/** Tickets in the order of arrival. */
function tickets(
  needs: readonly (Partial<Need> & { folder: string; from?: string })[],
  limits: CapacityLimits,
): Ticket[] {
  return needs.map(({ from = "one", runtime = "docker", ...need }, index) => ({
    id: `${need.folder}-${index + 1}`,
    sequence: index + 1,
    installation: from,
    root: `/${from}`,
    folder: need.folder,
    runtime,
    demands: demandsOf({ runtime, ...need }, completeLimits(limits, hardware), from),
    owner,
    since: 0,
  }));
}

const times = (count: number, folder: string, need: Partial<Need> = {}) =>
  Array.from({ length: count }, () => ({ folder, ...need }));

const ids = (list: readonly Ticket[]) => list.map(({ id }) => id);

const table: readonly [string, CapacityLimits, Partial<Need>, number][] = [
  ["R6: two macOS guests, though memory is there for more", { runCount: 20 }, { runtime: "tart" }, 2],
  [
    "R6: Linux guests in Tart are as many as memory has room for",
    { runCount: 20 },
    { runtime: "tart", macOS: false },
    12,
  ],
  ["Apple containers of 1 GiB each", { runCount: 20 }, { runtime: "container" }, 12],
  ["containers of half a GiB each", { runCount: 50 }, { runtime: "docker" }, 25],
  ["as many as NanoClaw allows", {}, { runtime: "docker" }, 5],
  [
    "stated memory counts, and not what is assumed",
    { runCount: 20 },
    { runtime: "container", memoryMiB: 4096 },
    3,
  ],
  ["CPUs that are stated", { runCount: 20 }, { runtime: "docker", cpuCount: 2 }, 3],
  [
    "fractions of CPUs",
    { runCount: 20, machine: { cpuCount: 0.3 } },
    { runtime: "docker", cpuCount: 0.1 },
    3,
  ],
  ["an engine's number of runs", { engines: { docker: { runCount: 3 } } }, { runtime: "docker" }, 3],
  ["an engine's memory", { engines: { docker: { memoryMiB: 1024 } } }, { runtime: "docker" }, 2],
  ["an engine's CPUs", { engines: { docker: { cpuCount: 4 } } }, { runtime: "docker", cpuCount: 1 }, 4],
  ["one macOS guest where the user wants one", { machine: { macOSCount: 1 } }, { runtime: "tart" }, 1],
  ["an engine that is switched off", { engines: { local: { runCount: 0 } } }, { runtime: "local" }, 0],
];

test.each(table)("a machine of 16 GiB and 8 CPUs has room for: %s", (_, limits, need, expected) => {
  const waiting = tickets(
    times(40, "any").map(({ folder }, index) => ({ folder: `${folder}${index}`, ...need })),
    limits,
  );
  expect(planStarts([], waiting, noTurns).starts).toHaveLength(expected);
});

test("groups take turns, and within a group the first comes first", () => {
  const waiting = tickets([...times(3, "busy"), ...times(2, "other"), ...times(1, "rare")], {});
  expect(ids(inFairOrder(waiting, noTurns))).toEqual([
    "busy-1",
    "other-4",
    "rare-6",
    "busy-2",
    "other-5",
    "busy-3",
  ]);
});

test("whoever was served longest ago is next, however early the others came", () => {
  const waiting = tickets([...times(3, "busy"), ...times(1, "rare")], {});
  const turns = served(noTurns, groupOf({ installation: "one", folder: "busy" }));
  expect(ids(inFairOrder(waiting, turns))[0]).toBe("rare-4");
});

test("the same folder of two installations is two groups", () => {
  const waiting = tickets([...times(2, "main"), { folder: "main", from: "two" }], {});
  expect(ids(inFairOrder(waiting, noTurns))).toEqual(["main-1", "main-3", "main-2"]);
});

test("a large need is not overtaken by what would take its place", () => {
  const limits = { machine: { memoryMiB: 4096 }, runCount: 20 };
  const [running, large, ...small] = tickets(
    [
      { folder: "a", memoryMiB: 2048 },
      { folder: "large", memoryMiB: 3072 },
      ...times(1, "b"),
      ...times(1, "c"),
    ],
    limits,
  );
  const plan = planStarts([running as Ticket], [large as Ticket, ...small], noTurns);
  expect(plan.starts).toEqual([]);
  expect(plan.waits.map(({ ticket, position }) => [ticket.folder, position])).toEqual([
    ["large", 1],
    ["b", 2],
    ["c", 3],
  ]);
  // When the room is there it is the large one's, and what is left is the others'.
  expect(ids(planStarts([], [large as Ticket, ...small], noTurns).starts)).toEqual(["large-2", "b-3", "c-4"]);
});

test("whoever fits beside a large need that waits begins", () => {
  const limits = { machine: { memoryMiB: 8192 }, runCount: 20 };
  const [running, large, small] = tickets(
    [
      { folder: "a", runtime: "docker", memoryMiB: 3072, cpuCount: 7 },
      { folder: "large", memoryMiB: 4096, cpuCount: 2 },
      { folder: "b", memoryMiB: 1024 },
    ],
    limits,
  );
  expect(ids(planStarts([running as Ticket], [large as Ticket, small as Ticket], noTurns).starts)).toEqual([
    "b-3",
  ]);
});

test("R6: ten that wait for a macOS guest do not take the others' memory", () => {
  const run = (runtime: Runtime, folder: string) => ({ folder, runtime, memoryMiB: 2048 });
  const all = tickets(
    [
      run("tart", "m1"),
      run("tart", "m2"),
      ...times(10, "x").map((_, index) => run("tart", `x${index}`)),
      run("docker", "chat"),
    ],
    { runCount: 50 },
  );
  const { starts, waits } = planStarts(all.slice(0, 2), all.slice(2), noTurns);
  expect(ids(starts)).toEqual(["chat-13"]);
  expect(waits.every(({ lacking }) => lacking.some(({ limit }) => limit === "macos-guests"))).toBe(true);
});

test("a run does not overtake an earlier one of its own group, not even in another engine", () => {
  const all = tickets(
    [
      { folder: "m", runtime: "tart" },
      { folder: "n", runtime: "tart" },
      { folder: "g", runtime: "tart" },
      { folder: "g" },
    ],
    {},
  );
  const { starts, waits } = planStarts(all.slice(0, 2), all.slice(2), noTurns);
  expect(starts).toEqual([]);
  expect(waits.map(({ lacking }) => lacking.map(({ limit }) => limit))).toEqual([["macos-guests"], []]);
});

test("an installation that has used up its own runs does not stop another", () => {
  const limits = { runCount: 1 };
  const all = tickets([{ folder: "a" }, { folder: "b" }, { folder: "a", from: "two" }], limits);
  expect(ids(planStarts(all.slice(0, 1), all.slice(1), noTurns).starts)).toEqual(["a-3"]);
});

test("tells what can never be met", () => {
  const limits = completeLimits({ engines: { docker: { memoryMiB: 1000 } } }, hardware);
  const beyond = beyondLimits(
    demandsOf({ folder: "a", runtime: "docker", memoryMiB: 20_000, cpuCount: 9 }, limits, "one"),
  );
  expect(beyond.map(({ limit }) => limit)).toEqual(["docker-memory", "memory", "cpus"]);
});

test("in any order of arrivals and ends every run gets its turn, within the limits", () => {
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((seed / 2 ** 31) * below);
  };
  const limits: CapacityLimits = {
    runCount: 4,
    machine: { memoryMiB: 4096, cpuCount: 4 },
    engines: { docker: { runCount: 2 } },
  };
  const needs = Array.from({ length: 300 }, () => ({
    folder: `g${random(6)}`,
    runtime: (["tart", "docker", "local"] as const)[random(3)],
    memoryMiB: [256, 1024, 4096][random(3)],
    cpuCount: [0.5, 1, 4][random(3)],
  }));
  const coming = tickets(needs, limits);
  let running: Ticket[] = [];
  let waiting: Ticket[] = [];
  let turns = noTurns;
  const began: string[] = [];
  while (coming.length + waiting.length + running.length > 0) {
    if (coming.length > 0 && random(2) === 0) waiting.push(coming.shift() as Ticket);
    else running.splice(random(running.length), 1);
    const { starts } = planStarts(running, waiting, turns);
    for (const ticket of starts) turns = served(turns, groupOf(ticket));
    running = [...running, ...starts];
    waiting = waiting.filter((ticket) => !starts.includes(ticket));
    began.push(...ids(starts));
    for (const [limit, most] of [
      ["memory", 4096],
      ["cpus", 4],
      ["macos-guests", 2],
      ["runs", 4],
      ["docker-runs", 2],
    ] as const) {
      const taken = running.flatMap(({ demands }) => demands.filter((each) => each.limit === limit));
      expect(taken.reduce((sum, { amount }) => sum + amount, 0)).toBeLessThanOrEqual(most);
    }
  }
  expect(new Set(began).size).toBe(300);
});

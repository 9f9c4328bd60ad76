import { expect, test } from "vitest";
import schema from "../../sandbox-policy.schema.json" with { type: "json" };
import type { Runtime } from "../runtime.js";
import { parsePolicy } from "./policy-file.js";
import { profileOf } from "./profile.js";
import { recommend, type Scenario, scenarios, type Traits } from "./recommendation.js";

const matrix: readonly (readonly [Scenario, readonly Runtime[]])[] = [
  ["real-time-chat", ["container", "docker", "local"]],
  ["financial-reports", ["tart", "container"]],
  ["code-review", ["container", "docker"]],
  ["production-deploys", ["tart", "container"]],
  ["quick-queries", ["local"]],
  ["compliance-audit", ["tart"]],
  ["untrusted-code", ["tart", "container", "docker"]],
  ["password-resets", ["tart", "container"]],
  ["macos-tasks", ["tart"]],
  ["high-frequency", ["docker", "local", "container"]],
  ["development", ["docker", "local", "container"]],
];

test("the table has every scenario", () => {
  expect(matrix.map(([scenario]) => scenario)).toEqual(Object.keys(scenarios));
});

test.each(matrix)("%s", async (scenario, runtimes) => {
  const { reasons, entry, ...recommendation } = recommend(scenarios[scenario]);
  expect(recommendation.runtimes).toEqual(runtimes);
  expect(reasons.length).toBeGreaterThan(0);
  // What it says to write is a policy.
  const policy = { groups: { team: entry } };
  expect(await parsePolicy("p", JSON.stringify(policy))).toEqual(policy);
});

const mixed: readonly (readonly [Traits, readonly Runtime[], RegExp | undefined])[] = [
  [{}, ["container", "tart", "docker", "local"], undefined],
  [{ sensitive: true, latency: true }, ["container"], undefined],
  [{ sensitive: true, untrusted: true }, ["tart", "container"], undefined],
  [{ macos: true, latency: true }, ["tart"], /cannot be had as well \(latency\)/],
  [{ sensitive: true, quick: true }, ["tart", "container"], /cannot be had as well \(quick\)/],
  [{ quick: true, latency: true }, ["local"], undefined],
  [{ compliance: true }, ["tart"], /Snapshots for an audit are not there/],
];

test.each(mixed)("%j", (traits, runtimes, note) => {
  const recommendation = recommend(traits);
  expect(recommendation.runtimes).toEqual(runtimes);
  if (note) expect(recommendation.notes.join("\n")).toMatch(note);
  else expect(recommendation.notes).toEqual([]);
});

test("F5: nothing is ever recommended to run on the bare host", () => {
  const { runtimes, reasons } = recommend(scenarios["quick-queries"]);
  expect(runtimes).toEqual(["local"]);
  expect(reasons.join()).toMatch(/a sandbox is.*the run is refused/);
});

test("what is sensitive gets a demanded wall, and no fallback", () => {
  const { entry } = recommend(scenarios["financial-reports"]);
  expect(entry).toEqual({ runtime: "tart", minimumIsolation: "vm", sensitive: true });
  expect(recommend({ untrusted: true }).entry).toEqual({
    runtime: "tart",
    minimumIsolation: "container",
    fallback: ["container", "docker"],
  });
});

test("a scenario in the policy stands for what is recommended to write, and what is said beside it goes first", async () => {
  expect(schema.$defs.said.properties.scenario.enum).toEqual(Object.keys(scenarios));
  for (const scenario of Object.keys(scenarios) as Scenario[]) {
    const written = await parsePolicy(
      "p",
      JSON.stringify({ groups: { team: recommend(scenarios[scenario]).entry } }),
    );
    const { scenario: told, ...meant } = profileOf({ groups: { team: { scenario } } }, "team");
    expect(told).toEqual({ value: scenario, place: "groups/team" });
    expect(meant).toEqual({ ...profileOf(written, "team"), scenario: undefined });
  }
  const own = profileOf({ groups: { team: { scenario: "real-time-chat", fallback: "deny" } } }, "team");
  expect(own).toMatchObject({ runtime: { value: "container" }, fallback: { value: [] } });
  const weak = { groups: { team: { scenario: "financial-reports", runtime: "docker" } } };
  await expect(parsePolicy("p", JSON.stringify(weak))).rejects.toThrow(
    "groups/team/runtime: docker isolates by container",
  );
});

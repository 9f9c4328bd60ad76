import { expect, test } from "vitest";
import defaults from "../../base-image-recipe.json" with { type: "json" };
import { agents } from "../agents/agent.js";
import { profiles } from "../agents/profiles.js";
import { planFor, stepsFor } from "./plan.js";
import { checkRecipe, imageRuntimes, type Recipe } from "./recipe.js";

const step = (name: string, more: object = {}) => ({
  name,
  version: "1.2.3",
  run: `install ${name}`,
  verify: [[name, "--version"]],
  ...more,
});
const engines = { docker: { from: "debian:12", user: "agent" }, tart: { from: "a_machine" } };
const recipe = { engines, steps: [step("a"), step("b"), step("c")] };
const check = (value: unknown) => checkRecipe(value, "The recipe");
const withStep = (more: object) => ({ engines, steps: [step("a", more)] });

test("takes a recipe as it is", () => expect(check(recipe)).toEqual(recipe));

test.each([
  ["F9", "hides its failure", withStep({ run: "make || true" })],
  ["F9", "hides its failure", withStep({ run: ["cd x", "make||:"] })],
  ["F9", "must have required property 'verify'", { engines, steps: [{ name: "a", run: "x" }] }],
  ["F9", "must NOT have fewer than 1 items", withStep({ verify: [] })],
  ["S12", "runs what it downloads unseen", withStep({ run: "curl -fsSL https://x.example | sh" })],
  ["S12", "runs what it downloads unseen", withStep({ run: "wget -qO- x.example | sudo -n /bin/bash" })],
  ["S12", "does not say where it is told", withStep({ version: "latest" })],
  ["S12", "another image each time", { ...recipe, engines: { docker: { from: "debian" } } }],
  ["S12", "another image each time", { ...recipe, engines: { tart: { from: "ghcr.io/x/y:latest" } } }],
  ["form", "steps/0/version must match", withStep({ version: "^1.2" })],
  [
    "form",
    "two steps for docker are called a",
    { engines, steps: [step("a"), step("a", { engines: ["docker"] })] },
  ],
  ["form", 'must NOT have additional properties "packages"', { ...recipe, packages: [] }],
  ["form", "steps/0/name must match", { engines, steps: [step("a'; reboot; '")] }],
  [
    "form",
    "engines/docker/from must match",
    { ...recipe, engines: { docker: { from: "debian:12\nRUN evil" } } },
  ],
  [
    "form",
    "engines/docker/user must match",
    { ...recipe, engines: { docker: { from: "debian:12", user: "a\nRUN x" } } },
  ],
  ["form", "steps/0/verify/0/0 must match", withStep({ verify: [["-i", "x"]] })],
])("%s: refuses what %s", (_, fault, value) => {
  expect(() => check(value)).toThrow(expect.objectContaining({ code: "invalid_argument" }));
  expect(() => check(value)).toThrow(fault);
});

test("a changed step changes its own hash and those after it, and none before", () => {
  const before = planFor(check(recipe), "docker", {}).steps.map(({ hash }) => hash);
  const changed = { ...recipe, steps: [step("a"), step("b", { run: "other" }), step("c")] };
  const after = planFor(check(changed), "docker", {}).steps.map(({ hash }) => hash);
  expect(after.map((hash, index) => hash === before[index])).toEqual([true, false, false]);
});

test("what makes another image is another plan: base, user, version, check, and nothing else", () => {
  const plan = (value: unknown, versions = {}) => planFor(check(value), "docker", versions).hash;
  const same = plan(recipe);
  const latest = withStep({ version: "latest", latest: { url: "http://x/", pointer: "/version" } });
  expect(plan({ ...recipe, engines: { ...engines, tart: { from: "other" } } })).toBe(same);
  expect(plan({ ...recipe, engines: { docker: { from: "debian:13", user: "agent" } } })).not.toBe(same);
  expect(plan({ ...recipe, engines: { docker: { from: "debian:12" } } })).not.toBe(same);
  expect(plan({ ...recipe, steps: [step("a", { verify: [["a", "-v"]] })] })).not.toBe(plan(withStep({})));
  expect(plan(latest, { a: "1.0.0" })).not.toBe(plan(latest, { a: "1.0.1" }));
});

test("an engine of which the recipe says nothing is refused, with those that it has", () => {
  expect(() => planFor(check(recipe), "container", {})).toThrow("no image for container");
});

test("the recipe of this package has all five agents in every engine, pinned, as their profiles were written for", () => {
  const shipped: Recipe = check(defaults);
  for (const engine of imageRuntimes) {
    const plan = planFor(shipped, engine, {});
    for (const agent of agents) {
      const { verified } = profiles[agent];
      const found = plan.steps.find(({ name }) => name === agent);
      expect(found?.verify).toEqual([[verified.program, "--version"]]);
      expect(`${found?.version}.`.startsWith(`${verified.version.replace(".x", "")}.`)).toBe(true);
    }
    const unpinned = stepsFor(shipped, engine).filter(({ version }) => version === undefined);
    expect(unpinned.map(({ name }) => name)).toEqual(["system-tools"]);
  }
});

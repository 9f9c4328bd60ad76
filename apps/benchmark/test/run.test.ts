import { setTimeout as delay } from "node:timers/promises";
import { dockerOfRun, waitUntilGone, whyNoBubblewrap } from "@nanoclaw/test-engines";
import { beforeEach, describe, expect, test } from "vitest";
import type { RunResult } from "../src/result.js";
import { scenarioIds } from "../src/scenarios/index.js";
import { Bench } from "./bench-process.js";

const docker = dockerOfRun();
const engines = [
  { engine: "docker", reason: docker.reason, dockerHost: docker.dockerHost, baseline: "engine-api" },
  { engine: "local", reason: whyNoBubblewrap(), dockerHost: undefined, baseline: "bwrap" },
] as const;

for (const { engine, reason, dockerHost, baseline } of engines) {
  describe(`on ${engine}`, () => {
    beforeEach(({ skip }) => skip(reason !== undefined, reason));
    const words = ["run", "--engine", engine, "--short", "--json", "result.json"];
    // How the program itself ends is the same for every engine.
    const again: "thorough"[] = engine === "local" ? [] : ["thorough"];

    test("a tiny run answers every question, keeps every sample and leaves nothing", {
      tags: engine === "docker" ? [] : ["thorough"],
      timeout: 240_000,
    }, async () => {
      await using bench = new Bench([...words, "--samples", "2", "--seed", "7"], dockerHost);
      const { exitCode, stdout, stderr } = await bench.ended;
      expect(stderr).toContain(`${scenarioIds.length}/${scenarioIds.length}`);
      expect(await bench.leftovers()).toEqual([]);
      const result = bench.result("result.json");
      expect(result).toMatchObject({ interrupted: false, form: "short", seed: 7 });
      expect(result.engines).toMatchObject([{ label: engine, version: expect.any(String) }]);
      expect(failuresOf(result, "sandbox")).toEqual([]);
      expect(failuresOf(result, baseline)).toEqual([]);
      expect(exitCode).toBe(0);

      for (const scenario of ["cold-start", "next-command", "eight-at-once", "destroy"]) {
        for (const contender of ["sandbox", baseline]) {
          const rounds = new Set(samplesOf(result, scenario, contender).map(({ round }) => round));
          expect([...rounds], `${scenario} ${contender}`).toEqual([0, 1]);
        }
      }
      for (const { scenario, metric, samples } of result.series) {
        // What the machine loses is a difference, with everything else in it that goes on.
        const least = ["idle-memory", "disk"].includes(scenario) ? Number.NEGATIVE_INFINITY : 0;
        for (const { value, atMs } of samples) {
          expect(Number.isFinite(value) && value >= least, `${scenario} ${metric} ${value}`).toBe(true);
          expect(atMs >= 0 && atMs <= result.durationMs).toBe(true);
        }
      }
      expect(samplesOf(result, "slow-reader", "sandbox")).toHaveLength(1);
      expect(samplesOf(result, "empty", "sandbox").map(({ value }) => value < 5)).toEqual([true, true]);
      const phases = ["create", "start", "ready", "first-command"].map((name) =>
        metricOf(result, `phase-${name}`, "sandbox").map(({ value }) => value),
      );
      expect(phases.map((values) => values.length)).toEqual([2, 2, 2, 2]);
      const wholes = samplesOf(result, "cold-start", "sandbox").map(({ value }) => value);
      for (const [round, whole] of wholes.entries()) {
        const sum = phases.reduce((total, values) => total + (values[round] ?? 0), 0);
        expect(sum <= whole && sum > whole / 2, `${sum} of ${whole} ms`).toBe(true);
      }
      for (const scenario of [
        "thirty-two-at-once",
        "churn",
        "idle-memory",
        "disk",
        "output",
        "archive-job",
      ]) {
        expect(samplesOf(result, scenario, "sandbox").length, scenario).toBeGreaterThan(0);
      }
      const churned = result.series.find(({ scenario, metric }) => scenario === "churn" && metric === "left");
      expect(churned?.samples.map(({ value }) => value)).toEqual(churned?.samples.map(() => 0));
      const left = result.series.find(({ scenario, metric }) => scenario === "residue" && metric === "left");
      expect(left?.samples.map(({ value }) => value)).toEqual([0, 0]);
      expect(stdout).toContain(`cold start to first output · ${engine}`);
    });

    test("Ctrl-C ends it with what it has, and leaves nothing", {
      tags: again,
      timeout: 60_000,
    }, async () => {
      await using bench = new Bench(words, dockerHost);
      await bench.saw(`/${scenarioIds.length} cold-start `);
      // Somewhere in the next scenario: while it starts sandboxes, or measures.
      await delay(Math.random() * 1_500);
      bench.signal("SIGINT");
      const { exitCode, stdout } = await bench.ended;
      expect(await bench.leftovers()).toEqual([]);
      expect(exitCode).toBe(130);
      const result = bench.result("result.json");
      expect(result.interrupted).toBe(true);
      expect(samplesOf(result, "cold-start", "sandbox").length).toBeGreaterThan(0);
      expect(samplesOf(result, "residue", "sandbox")).toEqual([]);
      expect(stdout).toContain("Interrupted");
    });

    test("SIGKILL leaves nothing", { tags: again, timeout: 60_000 }, async () => {
      await using bench = new Bench(words, dockerHost);
      await bench.saw(`/${scenarioIds.length} cold-start `);
      await delay(Math.random() * 1_500);
      bench.signal("SIGKILL");
      await bench.ended;
      await waitUntilGone(() => bench.leftovers(), 10_000);
    });
  });
}

describe("without an engine", () => {
  test("an engine that is not there is a row that says why", async () => {
    const words = ["run", "--engine", "docker", "--json", "result.json"];
    await using bench = new Bench(words, undefined, { DOCKER_HOST: "unix:///nowhere.sock" });
    const { exitCode, stdout } = await bench.ended;
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/docker: not measured\. .*nowhere\.sock/);
    expect(bench.result("result.json").engines[0]?.absent).toContain("nowhere.sock");
  });

  test.each([
    [["run", "--scenario", "none"], "It must be one of cold-start"],
    [["run", "--samples", "0"], "a whole number above 0"],
    [["run", "--json", "missing/result.json"], "missing"],
    [["run", "--engine", "a", "--engine", "a=unix:///x"], "named twice"],
    [["run", "--engine", "local=unix:///x"], "local has no address"],
    [["check", "missing.json"], "missing.json"],
    [["run", "--contender", "missing.mjs"], "missing.mjs"],
  ])("%j is refused with what is wrong", async (words, message) => {
    await using bench = new Bench(words, undefined);
    const { exitCode, stdout, stderr } = await bench.ended;
    expect(exitCode).toBe(1);
    expect(stdout + stderr).toContain(message);
  });
});

describe("with two engines of the same kind", () => {
  beforeEach(({ skip }) => skip(docker.reason !== undefined, docker.reason));

  test("each is looked for where it is, whatever the other's baselines are bound to", async () => {
    const words = ["run", "--short", "--scenario", "next-command", "--samples", "1", "--json", "result.json"];
    const two = ["--engine", `named=${docker.dockerHost}`, "--engine", "docker"];
    await using bench = new Bench([...words, ...two], docker.dockerHost, {
      DOCKER_HOST: "unix:///nowhere.sock",
    });
    await bench.ended;
    const [named, byVariable] = bench.result("result.json").engines;
    expect(named).toMatchObject({ label: "named", endpoint: docker.dockerHost });
    expect(byVariable).toMatchObject({ label: "docker", absent: expect.stringContaining("nowhere.sock") });
  }, 60_000);
});

describe("without the docker command", () => {
  beforeEach(({ skip }) => skip(docker.reason !== undefined, docker.reason));

  test("the other baselines are measured, and it is said that one is missing", async () => {
    const words = ["run", "--short", "--engine", "docker", "--scenario", "next-command", "--samples", "2"];
    await using bench = new Bench([...words, "--json", "-"], docker.dockerHost, { PATH: "/nowhere" });
    const { exitCode, stdout, stderr } = await bench.ended;
    const result: RunResult = JSON.parse(stdout);
    expect(samplesOf(result, "next-command", "engine-api")).toHaveLength(2);
    expect(stderr).toContain("The docker command is not installed. (docker CLI)");
    expect(exitCode).toBe(0);
  }, 60_000);
});

function samplesOf({ series }: RunResult, scenario: string, contender: string) {
  return series.find((one) => one.scenario === scenario && one.contender === contender)?.samples ?? [];
}

function metricOf({ series }: RunResult, metric: string, contender: string) {
  return series.find((one) => one.metric === metric && one.contender === contender)?.samples ?? [];
}

function failuresOf({ series }: RunResult, contender: string): string[] {
  return series
    .filter((one) => one.contender === contender)
    .flatMap(({ scenario, failures }) => failures.map(({ message }) => `${scenario}: ${message}`));
}

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { dockerOfRun } from "@nanoclaw/test-engines";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { callDocker } from "./hosts/docker-call.js";
import { whyNoDockerProgram } from "./hosts/docker-program.js";
import { type TestEngines, testEngines, whyNoEngines } from "./hosts/engines.js";
import { type TestInstallation, testInstallation } from "./hosts/installation.js";
import { median } from "./hosts/median.js";
import { buildPrograms } from "./hosts/programs.js";
import { V1Host } from "./hosts/v1-host.js";

// Figures for docs/nanoclaw/shim.md, printed. Nothing here fails on a slow day.

const rounds = process.env.CHECKS === "all" ? 30 : 2;

const published = fileURLToPath(new URL("../dist/shim/docker", import.meta.url));

async function timed(work: () => unknown): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

test("how long the shim takes to start, beside Node with nothing to do", async () => {
  using installation = testInstallation(published, { groups: {}, engines: {} });
  const { root: cwd, environment: env } = installation;
  const calls: Readonly<Record<string, readonly [string, readonly string[]]>> = {
    "node -e 0": [process.execPath, ["-e", "0"]],
    "docker --version": [process.execPath, [published, "--version"]],
    "docker ps": [process.execPath, [published, "ps", "--format", "{{.Names}}"]],
    "docker stop, of none": [process.execPath, [published, "stop", "none"]],
    "docker run, refused": [process.execPath, [published, "run", "--privileged", "image"]],
  };
  const times = new Map<string, number[]>(Object.keys(calls).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, [program, words]] of Object.entries(calls)) {
      const took = await timed(() => {
        try {
          execFileSync(program, [...words], { cwd, env, stdio: "ignore" });
        } catch (error) {
          // Refusals have exit codes of their own; what could not be started at all has none.
          if (typeof (error as { status?: unknown }).status !== "number") throw error;
        }
      });
      times.get(name)?.push(took);
    }
  }
  for (const [name, values] of times) process.stdout.write(`${name}: ${median(values).toFixed(1)} ms\n`);
  expect([...times.values()].every((values) => values.length === rounds)).toBe(true);
});

const reason = whyNoEngines(["docker"]) ?? whyNoDockerProgram();

describe.skipIf(reason !== undefined)(`a turn${reason === undefined ? "" : ` (${reason})`}`, () => {
  let engines: TestEngines;
  let installation: TestInstallation;
  beforeAll(async () => {
    const [programs, made] = await Promise.all([buildPrograms(), testEngines(["docker"])]);
    engines = made;
    installation = testInstallation(programs.docker, {
      groups: { group: { runtime: "docker" } },
      engines: engines.settings,
    });
  });
  afterAll(async () => {
    installation[Symbol.dispose]();
    await engines[Symbol.asyncDispose]();
  });

  test("beside docker run of the same agent", { timeout: 200_000 }, async () => {
    const { root, environment } = installation;
    // The same command line, once by the shim and once by Docker's own program.
    const own = { ...environment, PATH: process.env.PATH ?? "", DOCKER_HOST: dockerOfRun().dockerHost };
    const hosts = {
      "docker run": new V1Host({ root, environment: own }),
      "the shim": new V1Host({ root, environment }),
    };
    const answers = new Map<string, number[]>();
    const wholes = new Map<string, number[]>();
    for (let round = 0; round <= rounds; round++) {
      for (const [name, host] of Object.entries(hosts)) {
        const started = performance.now();
        await host.turn("group", round, "prompt", true);
        const answerMs = performance.now() - started;
        await host.close("group");
        // The first of each fills caches.
        if (round === 0) continue;
        answers.set(name, [...(answers.get(name) ?? []), answerMs]);
        wholes.set(name, [...(wholes.get(name) ?? []), performance.now() - started]);
      }
    }
    for (const name of Object.keys(hosts)) {
      const [answer, whole] = [answers, wholes].map((times) => median(times.get(name) ?? []).toFixed(0));
      process.stdout.write(`${name}: ${answer} ms to the answer, ${whole} ms to the end\n`);
    }
    expect((await callDocker(installation, ["ps", "--format", "{{.Names}}"])).stdout).toBe("");
    expect(await engines.leftovers()).toEqual([]);
  });
});

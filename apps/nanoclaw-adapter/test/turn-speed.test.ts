import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dockerOfRun } from "@nanoclaw/test-engines";
import { expect, test, vi } from "vitest";
import { hostOf } from "../src/host.js";
import { runGroupAgent } from "../src/index.js";
import { whyNoDockerProgram } from "./hosts/docker-program.js";
import { testEngines, whyNoEngines } from "./hosts/engines.js";
import { agentDirectory, agentEntrypoint, agentImage } from "./hosts/installation.js";
import { median } from "./hosts/median.js";
import { V1Host } from "./hosts/v1-host.js";
import { testInstallation } from "./policy-installation.js";

// Figures for docs/nanoclaw/in-process.md, printed. Nothing here fails on a slow day.

const rounds = process.env.CHECKS === "all" ? 30 : 1;
const reason = whyNoEngines(["docker"]) ?? whyNoDockerProgram();

test.skipIf(reason !== undefined)(
  `a turn in process, beside docker run of the same agent${reason === undefined ? "" : ` (${reason})`}`,
  { timeout: 200_000 },
  async () => {
    await using engines = await testEngines(["docker"]);
    using place = testInstallation();
    const { dockerHost } = dockerOfRun();
    vi.stubEnv("XDG_STATE_HOME", place.environment.XDG_STATE_HOME);
    place.policy({
      groups: { group: { runtime: "docker" } },
      runtimes: { docker: { host: dockerHost, image: agentImage, pull: "never" } },
    });
    const { root, dataDirectory } = place.installation;
    cpSync(agentDirectory, join(root, "container/agent-runner/src"), { recursive: true });
    const byDocker = new V1Host({
      root: join(place.directory, "beside"),
      environment: { PATH: process.env.PATH, HOME: place.directory, DOCKER_HOST: dockerHost },
    });
    mkdirSync(join(place.directory, "beside/data"), { recursive: true });
    const host = hostOf(place.installation);
    const closing = join(dataDirectory, "ipc", "group", "input", "_close");

    const contenders = {
      "docker run": async (round: number, answered: () => void) => {
        await byDocker.turn("group", round, "prompt", true);
        answered();
        await byDocker.close("group");
      },
      runGroupAgent: async (_: number, answered: () => void) => {
        const input = { prompt: "prompt", groupFolder: "group", chatJid: "group@chat", isMain: false };
        const result = await runGroupAgent(host, { folder: "group" }, input, {
          mode: { kind: "protocol", entrypoint: agentEntrypoint },
          onOutput: () => {
            answered();
            writeFileSync(closing, "");
          },
        });
        expect(result).toMatchObject({ status: "success" });
      },
    };
    const answers = new Map<string, number[]>();
    const wholes = new Map<string, number[]>();
    for (let round = 0; round <= rounds; round++) {
      for (const [name, turn] of Object.entries(contenders)) {
        const started = performance.now();
        let answerMs = Number.NaN;
        await turn(round, () => {
          answerMs = performance.now() - started;
        });
        // The first of each loads what a host has loaded after its first turn.
        if (round === 0) continue;
        answers.set(name, [...(answers.get(name) ?? []), answerMs]);
        wholes.set(name, [...(wholes.get(name) ?? []), performance.now() - started]);
      }
    }
    for (const name of Object.keys(contenders)) {
      const [answer, whole] = [answers, wholes].map((times) => median(times.get(name) ?? []).toFixed(0));
      process.stdout.write(`${name}: ${answer} ms to the answer, ${whole} ms to the end\n`);
    }
    expect([...answers.values()].flat().every(Number.isFinite)).toBe(true);
    expect(await engines.leftovers()).toEqual([]);
    vi.unstubAllEnvs();
  },
);

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it, vi } from "vitest";
import { skipAloud } from "../test/skip-aloud.js";
import { askEngineForJson } from "./engine/api.js";
import { dockerOfRun, podmanOfRun } from "./engine-of-run.js";
import { sharedDockerEngine } from "./shared-engine.js";

const { dockerHost, reason } = dockerOfRun();

afterEach(() => vi.unstubAllEnvs());

describe("an engine that is given", () => {
  skipAloud(reason);

  it("is used, and left running", async () => {
    const engine = await sharedDockerEngine({ images: ["busybox"] });
    expect(engine.dockerHost).toBe(dockerHost);
    await engine.stop();
    await askEngineForJson(engine.dockerHost.replace("unix://", ""), "/images/nanoclaw-test/busybox:1/json");
  });

  it("must answer at a unix socket", async () => {
    vi.stubEnv("NANOCLAW_TEST_DOCKER_HOST", "tcp://127.0.0.1:2375");
    await expect(sharedDockerEngine()).rejects.toThrow(
      'must be a unix:// address, and is "tcp://127.0.0.1:2375"',
    );
    vi.stubEnv("NANOCLAW_TEST_DOCKER_HOST", "unix:///nowhere.sock");
    await expect(sharedDockerEngine()).rejects.toThrow(
      "No engine answers at NANOCLAW_TEST_DOCKER_HOST=unix:///nowhere.sock",
    );
  });

  it("is given to the tests of a run by the global setup", () => {
    const { status, output } = runVitest({});
    expect(output).toContain("1 passed");
    expect(status).toBe(0);
  });
});

describe("a run without an engine", () => {
  it("says which setup gives one", () => {
    for (const engine of ["DOCKER", "PODMAN"]) {
      vi.stubEnv(`NANOCLAW_TEST_${engine}_HOST`, undefined);
      vi.stubEnv(`NANOCLAW_TEST_NO_${engine}`, undefined);
    }
    expect(dockerOfRun().reason).toContain("@nanoclaw/test-engines/docker-global-setup");
    expect(podmanOfRun().reason).toContain("@nanoclaw/test-engines/podman-global-setup");
  });

  it("skips aloud where none can be started, and fails where one is required", () => {
    const without = { PATH: "/nowhere", NANOCLAW_TEST_DOCKER_HOST: "" };
    const skipped = runVitest(without);
    expect(skipped.output).toMatch(/SKIPPED: No .* engine|SKIPPED: No Docker: .*not found/);
    expect(skipped.output).toContain("1 skipped");
    expect(skipped.status).toBe(0);
    const required = runVitest({ ...without, NANOCLAW_TEST_ENGINES: "required" });
    expect(required.status).toBe(1);
  });
});

function runVitest(env: Readonly<Record<string, string>>): { status: number | null; output: string } {
  const vitest = fileURLToPath(new URL("vitest.mjs", import.meta.resolve("vitest/package.json")));
  const root = fileURLToPath(new URL("../test/run", import.meta.url));
  // A run inside a run must not take itself for one of the outer run's processes.
  const { VITEST: _one, VITEST_POOL_ID: _two, VITEST_WORKER_ID: _three, ...outer } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, [vitest, "run", "--root", root], {
    cwd: root,
    env: { ...outer, NO_COLOR: "1", ...env },
    encoding: "utf8",
  });
  return { status, output: stdout + stderr };
}

import { execFileSync } from "node:child_process";
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { tart } from "@nanoclaw/sandbox-tart";
import { expect, test } from "vitest";
import { PolicyRouter } from "../src/policy/policy-router.js";
import { waitUntilReady } from "../src/policy/readiness.js";
import type { Runtime } from "../src/runtime.js";
import { engineDouble, engineDoubles, providersOf } from "./policy-engine-double.js";
import { type TestInstallation, testInstallation } from "./policy-installation.js";

function routerOf(
  place: TestInstallation,
  engines: ReturnType<typeof engineDoubles>,
  times = {},
): PolicyRouter {
  return new PolicyRouter(place.installation, {
    environment: {},
    providers: providersOf(engines),
    surveyTimes: times,
  });
}

const policyOf = (entry: object) => ({ groups: { team: entry } });
const team = { folder: "team" };

test("the engine that is there takes the run", async () => {
  using place = testInstallation();
  place.policy(policyOf({ runtime: "docker" }));
  const router = routerOf(place, engineDoubles("docker"));
  const decision = await router.decide(team);
  expect(await router.choose(decision)).toEqual({ decision, runtime: "docker", unavailable: [] });
});

test("without a fallback the run is refused, however many weaker engines are there", async () => {
  using place = testInstallation();
  place.policy(policyOf({ runtime: "tart", sensitive: true }));
  const engines = engineDoubles("container", "docker", "local");
  const router = routerOf(place, engines);
  await expect(router.choose(await router.decide(team))).rejects.toMatchObject({
    code: "engine_unavailable",
    message: "The group team runs in tart, which is not there: tart is off",
    hint: "Start tart.",
    retryable: true,
  });
  expect(engines.docker.probes + engines.local.probes + engines.container.probes).toBe(0);
});

test("an allowed fallback is taken in its order, with what belongs to it, and told", async () => {
  using place = testInstallation();
  const image = { tart: "base", docker: "own:1" };
  place.policy({
    ...policyOf({ runtime: "tart", fallback: ["container", "docker"], image }),
    runtimes: { tart: { entrypoint: ["run"] }, docker: { limits: { pidCount: 64 } } },
  });
  const router = routerOf(place, engineDoubles("docker", "local"));
  const choice = await router.choose(await router.decide(team));
  expect(choice.runtime).toBe("docker");
  expect(choice.unavailable).toEqual([
    { runtime: "tart", reason: "tart is off" },
    { runtime: "container", reason: "container is off" },
  ]);
  expect(choice.decision).toMatchObject({ runtime: "tart", image: "own:1", limits: { pidCount: 64 } });
  expect(choice.decision.entrypoint).toBeUndefined();
});

test("an agent that raises its wall to an engine that is not there does not fall below what the host gave", async () => {
  using place = testInstallation();
  place.policy(policyOf({ runtime: "docker", fallback: ["container", "local"] }));
  place.groupFile("team", { containerConfig: { runtime: "tart" } });
  const router = routerOf(place, engineDoubles("docker", "local"));
  const decision = await router.decide(team);
  expect(decision).toMatchObject({ runtime: "tart", fallback: ["container"] });
  await expect(router.choose(decision)).rejects.toMatchObject({ code: "engine_unavailable" });
});

test("S10: what an engine cannot enforce is refused before anything is made, and is no reason to fall back", async () => {
  using place = testInstallation();
  const engines = {
    ...engineDoubles("docker", "local"),
    tart: engineDouble("tart", true, { network: { open: true } }),
  };
  const router = routerOf(place, engines);
  const choose = async (entry: object) => {
    place.policy(policyOf(entry));
    return await router.choose(await router.decide(team));
  };
  await expect(choose({ runtime: "tart", network: "none", fallback: ["docker"] })).rejects.toMatchObject({
    code: "unsupported",
    message: 'The group team runs in tart, which has no network that is "none".',
  });
  await expect(choose({ runtime: "local", limits: { pidCount: 64 } })).rejects.toMatchObject({
    code: "unsupported",
    message: expect.stringContaining("cannot limit pidCount"),
  });
  expect((await choose({ runtime: "docker", network: "none" })).decision.network).toBe("none");
});

test("a wish to look into failed runs that an engine cannot meet is told", async () => {
  using place = testInstallation();
  const engines = { ...engineDoubles("tart"), docker: engineDouble("docker", true, { keep: true }) };
  const router = routerOf(place, engines);
  const notesOf = async (runtime: Runtime) => {
    place.policy(policyOf({ runtime, keep: { on: "failure" } }));
    return (await router.choose(await router.decide(team))).decision.notes;
  };
  expect(await notesOf("docker")).toEqual([]);
  expect(await notesOf("tart")).toEqual([
    'tart keeps no sandbox beyond its run: "keep" does not hold there.',
  ]);
});

test("an adapter with a weaker wall than its name says takes no run", async () => {
  using place = testInstallation();
  place.policy(policyOf({ runtime: "docker" }));
  const engines = { ...engineDoubles(), docker: engineDouble("docker", true, { isolation: "none" }) };
  const router = routerOf(place, engines);
  await expect(router.choose(await router.decide(team))).rejects.toMatchObject({ code: "unsupported" });
});

test("what was found is remembered, those who ask at once share a look, and a failure is soon looked at again", async () => {
  using place = testInstallation();
  place.policy(policyOf({ runtime: "docker" }));
  const engines = engineDoubles();
  const router = routerOf(place, engines, { missingMs: 0 });
  const decision = await router.decide(team);
  const choose = () => router.choose(decision).catch((error) => error.code);
  expect(await Promise.all([choose(), choose(), choose()])).toEqual(Array(3).fill("engine_unavailable"));
  expect(engines.docker.probes).toBe(1);
  engines.docker.there = true;
  expect(await choose()).toMatchObject({ runtime: "docker" });
  await choose();
  expect(engines.docker.probes).toBe(2);
});

test("who gives up waiting for a look does not spoil it for others", async () => {
  using place = testInstallation();
  place.policy(policyOf({ runtime: "docker" }));
  const engines = engineDoubles("docker");
  let release: () => void = () => undefined;
  engines.docker.wait = new Promise((resolve) => {
    release = resolve;
  });
  const router = routerOf(place, engines);
  const decision = await router.decide(team);
  const controller = new AbortController();
  const [given, kept] = [router.choose(decision, { signal: controller.signal }), router.choose(decision)];
  controller.abort(new Error("enough"));
  await expect(given).rejects.toThrow("enough");
  release();
  expect((await kept).runtime).toBe("docker");
  expect(engines.docker.probes).toBe(1);
});

test("an engine that was detected and is down is not replaced by a weaker one", async () => {
  using place = testInstallation();
  const decide = (...there: Runtime[]) => routerOf(place, engineDoubles(...there)).decide(team);
  expect((await decide("local")).runtime).toBe("local");
  expect((await decide("docker", "local")).runtime).toBe("docker");
  await expect(decide("local")).rejects.toMatchObject({
    code: "engine_unavailable",
    message: expect.stringMatching(/ran in docker so far.*\n.*\n.*\n.*docker: docker is off/),
    hint: expect.stringContaining("CONTAINER_RUNTIME"),
    retryable: true,
  });
  expect((await decide("tart", "local")).runtime).toBe("tart");
  // Apple's container stands first in the order, and is not as strong as what the group has.
  expect((await decide("tart", "container")).runtime).toBe("tart");
});

test("nothing is there: every reason is told", async () => {
  using place = testInstallation();
  await expect(routerOf(place, engineDoubles()).decide(team)).rejects.toMatchObject({
    code: "engine_unavailable",
    message:
      "No engine is there.\n  container: container is off\n  tart: tart is off\n  docker: docker is off\n  local: local is off",
  });
});

test("at boot it waits for the engine, and not for what does not come by itself", async () => {
  using place = testInstallation();
  place.policy(policyOf({ runtime: "docker" }));
  const engines = engineDoubles();
  const router = routerOf(place, engines, { missingMs: 0 });
  const pauses: number[] = [];
  const onWait = (_: unknown, pauseMs: number) => {
    pauses.push(pauseMs);
    engines.docker.there = pauses.length === 2;
  };
  expect((await waitUntilReady(router, team, { onWait })).runtime).toBe("docker");
  expect(pauses).toEqual([250, 500]);
  engines.docker.there = false;
  const late = waitUntilReady(routerOf(place, engines), team, { timeoutMs: 1 });
  await expect(late).rejects.toMatchObject({ code: "engine_unavailable" });
  place.policy(policyOf({ runtime: "docker", network: "none", limits: { diskGiB: 1 } }));
  await expect(waitUntilReady(routerOf(place, engineDoubles("docker")), team)).rejects.toMatchObject({
    code: "unsupported",
  });
});

test("R1: while an engine's program takes its time, this process goes on", async () => {
  using place = testInstallation();
  // The program ends when this very process writes into the pipe: were it waited for, nobody ever would.
  const [program, pipe] = [join(place.directory, "tart"), join(place.directory, "pipe")];
  execFileSync("mkfifo", [pipe]);
  writeFileSync(program, `#!/bin/sh\nread -r line <'${pipe}'\nexit 1\n`);
  chmodSync(program, 0o755);
  place.policy(policyOf({ runtime: "tart" }));
  const provider = tart({ program, home: place.directory, stateDirectory: place.directory });
  const router = new PolicyRouter(place.installation, { environment: {}, providers: { tart: provider } });
  const choosing = router.choose(await router.decide(team)).catch((error) => error.code);
  await writeFile(pipe, "go on\n");
  expect(await choosing).toBe("engine_unavailable");
});

test("R1: nothing in this package starts a program synchronously", () => {
  const source = fileURLToPath(new URL("../src", import.meta.url));
  const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter(
    (name) => name.endsWith(".ts") && !name.endsWith(".test.ts"),
  );
  const found = files.filter((name) =>
    /\b(exec|execFile|spawn|execa)Sync\b/.test(readFileSync(join(source, name), "utf8")),
  );
  expect(files.length).toBeGreaterThan(20);
  expect(found).toEqual([]);
});

test("S11: deciding and choosing for many groups at once changes nothing in the process", async () => {
  using place = testInstallation();
  const before = { ...process.env };
  const cwd = process.cwd();
  place.policy({ groups: { a: { runtime: "tart" }, b: { runtime: "docker" }, c: { runtime: "local" } } });
  const router = routerOf(place, engineDoubles("tart", "docker", "local"));
  const folders = Array.from({ length: 60 }, (_, index) => "abc"[index % 3] ?? "a");
  const choices = await Promise.all(
    folders.map(async (folder) => router.choose(await router.decide({ folder }))),
  );
  const runtimeOf: Readonly<Record<string, Runtime>> = { a: "tart", b: "docker", c: "local" };
  expect(choices.map(({ runtime }) => runtime)).toEqual(folders.map((folder) => runtimeOf[folder]));
  expect(process.env).toEqual(before);
  expect(process.cwd()).toBe(cwd);
});

test("a provider is the same object until its settings change, and a broken policy stops it", async () => {
  using place = testInstallation();
  const router = new PolicyRouter(place.installation, { environment: {} });
  const first = await router.provider("docker");
  expect(await router.provider("docker")).toBe(first);
  place.policy({ runtimes: { docker: { host: "unix:///elsewhere.sock" } } });
  const second = await router.provider("docker");
  expect(second).not.toBe(first);
  expect(await router.look("docker")).toMatchObject({
    available: false,
    reason: expect.stringContaining("elsewhere.sock"),
  });
  place.policy("{");
  await expect(router.provider("docker")).rejects.toMatchObject({ code: "invalid_argument" });
  rmSync(place.policyPath);
});

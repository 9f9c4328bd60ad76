import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { agents } from "../src/agents/agent.js";
import type { Decision, LayerName } from "../src/policy/decision.js";
import { PolicyRouter } from "../src/policy/policy-router.js";
import { type Runtime, runtimes } from "../src/runtime.js";
import { engineDoubles, providersOf } from "./policy-engine-double.js";
import { type TestInstallation, testInstallation } from "./policy-installation.js";

interface Said {
  readonly policy?: unknown;
  readonly registered?: unknown;
  readonly groupFile?: unknown;
  readonly environment?: Readonly<Record<string, string>>;
  readonly there?: readonly Runtime[];
}

async function decide(place: TestInstallation, said: Said, folder = "team"): Promise<Decision> {
  const { policy, registered, groupFile, environment = {}, there = [] } = said;
  if (policy !== undefined) place.policy(policy);
  if (groupFile !== undefined) place.groupFile(folder, groupFile);
  const providers = providersOf(engineDoubles(...there));
  return await new PolicyRouter(place.installation, { environment, providers }).decide({
    folder,
    registered,
  });
}

const wants = (runtime: string) => ({ containerConfig: { runtime } });
const named = (runtime: string) => ({ groups: { team: { runtime } } });

const table: readonly (readonly [string, Said, Runtime, readonly string[], LayerName])[] = [
  ["policy alone", { policy: named("tart") }, "tart", [], "policy"],
  [
    "policy over environment",
    { policy: named("docker"), environment: { CONTAINER_RUNTIME: "tart" } },
    "docker",
    [],
    "policy",
  ],
  [
    "policy may be weaker than environment",
    { policy: named("local"), environment: { CONTAINER_RUNTIME: "tart" } },
    "local",
    [],
    "policy",
  ],
  ["environment alone", { environment: { CONTAINER_RUNTIME: "container" } }, "container", [], "environment"],
  [
    "registered raises the environment's",
    { registered: { runtime: "tart" }, environment: { CONTAINER_RUNTIME: "docker" } },
    "tart",
    [],
    "registered",
  ],
  [
    "registered as text",
    { registered: '{"runtime":"tart"}', environment: { CONTAINER_RUNTIME: "docker" } },
    "tart",
    [],
    "registered",
  ],
  [
    "registered cannot lower the policy's",
    { policy: named("docker"), registered: { runtime: "local" } },
    "docker",
    ["local"],
    "policy",
  ],
  [
    "registered cannot lower the environment's",
    { registered: { runtime: "docker" }, environment: { CONTAINER_RUNTIME: "container" } },
    "container",
    ["docker"],
    "environment",
  ],
  [
    "the group's file raises",
    { policy: named("docker"), groupFile: wants("tart") },
    "tart",
    [],
    "group-file",
  ],
  [
    "the group's file cannot lower",
    { policy: named("docker"), groupFile: wants("local") },
    "docker",
    ["local"],
    "policy",
  ],
  [
    "nor what registered has raised",
    { policy: named("docker"), registered: { runtime: "tart" }, groupFile: wants("container") },
    "tart",
    ["container"],
    "registered",
  ],
  [
    "it raises registered",
    { policy: named("local"), registered: { runtime: "docker" }, groupFile: wants("tart") },
    "tart",
    [],
    "group-file",
  ],
  [
    "both cannot lower",
    { policy: named("tart"), registered: { runtime: "local" }, groupFile: wants("docker") },
    "tart",
    ["local", "docker"],
    "policy",
  ],
  ["the same is no attempt", { policy: named("docker"), groupFile: wants("docker") }, "docker", [], "policy"],
  [
    "no sandbox is an attempt",
    { policy: named("docker"), groupFile: wants("none") },
    "docker",
    ["none"],
    "policy",
  ],
  [
    "Apple's container first",
    { there: ["container", "tart", "docker", "local"] },
    "container",
    [],
    "detected",
  ],
  ["then Tart", { there: ["tart", "docker", "local"] }, "tart", [], "detected"],
  ["then Docker", { there: ["docker", "local"] }, "docker", [], "detected"],
  ["then local", { there: ["local"] }, "local", [], "detected"],
  [
    "a file cannot lower what was detected",
    { there: ["docker", "local"], groupFile: wants("local") },
    "docker",
    ["local"],
    "detected",
  ],
  [
    "a file raises what was detected",
    { there: ["docker"], groupFile: wants("tart") },
    "tart",
    [],
    "group-file",
  ],
  [
    "a minimum outweighs the environment",
    {
      policy: { default: { minimumIsolation: "vm" } },
      environment: { CONTAINER_RUNTIME: "docker" },
      there: ["docker", "tart"],
    },
    "tart",
    [],
    "detected",
  ],
  [
    "and lets it pass where it is met",
    { policy: { default: { minimumIsolation: "container" } }, environment: { CONTAINER_RUNTIME: "docker" } },
    "docker",
    [],
    "environment",
  ],
  [
    "a tier of the newest NanoClaw raises",
    {
      registered: { runtimeTier: "vm" },
      environment: { CONTAINER_RUNTIME: "docker" },
      there: ["docker", "tart"],
    },
    "tart",
    [],
    "registered",
  ],
  [
    "it takes the virtual machine that there is",
    { policy: named("container"), registered: { runtime_tier: "vm" } },
    "container",
    [],
    "policy",
  ],
  [
    "the usual tier lowers nothing",
    { policy: named("tart"), registered: { runtimeTier: "container" } },
    "tart",
    [],
    "policy",
  ],
  [
    "a scenario",
    { policy: { groups: { team: { scenario: "financial-reports" } } }, groupFile: wants("docker") },
    "tart",
    ["docker"],
    "policy",
  ],
  [
    "a tag's rule",
    { policy: { rules: [{ tags: ["money"], runtime: "tart" }], groups: { team: { tags: ["money"] } } } },
    "tart",
    [],
    "policy",
  ],
  [
    "the group's own entry before a rule",
    { policy: { rules: [{ groups: ["team"], runtime: "docker" }], groups: { team: { runtime: "tart" } } } },
    "tart",
    [],
    "policy",
  ],
  [
    "a rule before the default",
    { policy: { default: { runtime: "local" }, rules: [{ groups: ["team"], runtime: "docker" }] } },
    "docker",
    [],
    "policy",
  ],
];

test.each(table)("F1: %s", async (_, said, runtime, attempts, decisive) => {
  using place = testInstallation();
  const decision = await decide(place, said);
  expect(decision.runtime).toBe(runtime);
  expect(decision.attempts.map(({ asked }) => asked)).toEqual(attempts);
  expect(decision.attempts.every(({ kept }) => kept === runtime)).toBe(true);
  expect(decision.layers.map(({ layer }) => layer)).toEqual([
    "policy",
    "registered",
    "group-file",
    "environment",
    "detected",
  ]);
  const winners = decision.layers.filter(({ outcome }) => outcome === "chosen" || outcome === "raised");
  expect(winners.at(-1)?.runtime).toBe(runtime);
  expect(winners.map(({ layer }) => layer)).toContain(decisive);
  expect(decision.layers.filter(({ outcome }) => outcome === "chosen").length).toBeLessThanOrEqual(1);
  expect(decision.layers.every(({ reason, source }) => reason !== "" && source !== "")).toBe(true);
});

test("a group whose agent writes runtime: local into its own file stays where it was, and the attempt is reported", async () => {
  using place = testInstallation();
  const before = await decide(place, { environment: { CONTAINER_RUNTIME: "tart" } });
  const source = place.groupFile("team", wants("local"));
  const after = await decide(place, { environment: { CONTAINER_RUNTIME: "tart" } });
  expect(after.runtime).toBe(before.runtime);
  expect(after.attempts).toEqual([{ source, asked: "local", kept: "tart" }]);
  expect(after.layers.find(({ layer }) => layer === "group-file")).toMatchObject({
    outcome: "refused",
    runtime: "local",
  });
});

describe("what an agent leaves in its own file", () => {
  const odd: readonly (readonly [string, (path: string) => void, RegExp])[] = [
    ["a FIFO is not waited for", (path) => execFileSync("mkfifo", [path]), /no regular file/],
    ["a link is not followed", (path) => symlinkSync("/etc/hostname", path), /symbolic link/],
    ["a link into nowhere neither", (path) => symlinkSync("/nowhere", path), /symbolic link/],
    ["a directory", (path) => mkdirSync(path), /no regular file/],
    ["too much", (path) => writeFileSync(path, `{"a":"${"x".repeat(70_000)}"}`), /longer than 65536 bytes/],
    ["broken JSON", (path) => writeFileSync(path, '{"containerConfig": {"runtime": "local"'), /not JSON/],
    ["bytes that are no text", (path) => writeFileSync(path, Buffer.from([0xff, 0xfe, 0x00])), /not text/],
    ["depth", (path) => writeFileSync(path, "[".repeat(60_000)), /not JSON/],
    ["a list", (path) => writeFileSync(path, "[]"), /no object/],
    ["containerConfig as a number", (path) => writeFileSync(path, '{"containerConfig":7}'), /no object/],
    [
      "runtime as an object",
      (path) => writeFileSync(path, '{"containerConfig":{"runtime":{}}}'),
      /no runtime/,
    ],
    [
      "a word in terminal codes",
      (path) => writeFileSync(path, JSON.stringify(wants("\u001b[2Jtart"))),
      /no runtime "\\u001b/,
    ],
  ];
  test.each(odd)("%s", async (_, write, reason) => {
    using place = testInstallation();
    const path = place.groupFile("team", {});
    rmSync(path);
    write(path);
    const decision = await decide(place, { environment: { CONTAINER_RUNTIME: "docker" } });
    expect(decision).toMatchObject({ runtime: "docker", attempts: [] });
    expect(decision.layers.find(({ layer }) => layer === "group-file")).toMatchObject({
      outcome: "refused",
      reason: expect.stringMatching(reason),
    });
  });

  test.each(["codex", "gemini", "opencode", "claude", "kimi"])(
    "%s is an agent, not a runtime, and told",
    async (agent) => {
      using place = testInstallation();
      const decision = await decide(place, {
        groupFile: wants(agent),
        environment: { CONTAINER_RUNTIME: "docker" },
      });
      expect(decision).toMatchObject({ runtime: "docker", agent: "claude", attempts: [] });
      expect(decision.layers.find(({ layer }) => layer === "group-file")).toMatchObject({
        outcome: "refused",
        reason: expect.stringContaining(`${agent} is an agent, and no runtime`),
      });
    },
  );

  test("less time it gets, more it does not", async () => {
    using place = testInstallation();
    const withTimeout = (timeout: unknown) => ({ containerConfig: { timeout } });
    const environment = { CONTAINER_RUNTIME: "docker", CONTAINER_TIMEOUT: "600000" };
    const less = await decide(place, { groupFile: withTimeout(300_000), environment });
    expect(less.timeouts.runMs).toBe(300_000);
    const more = await decide(place, { groupFile: withTimeout(6_000_000), environment });
    expect(more.timeouts.runMs).toBe(600_000);
    expect(more.notes?.join()).toContain("asks for 6000000 ms, and the host gives 600000");
    const both = await decide(place, {
      registered: { timeout: 200_000 },
      groupFile: withTimeout(400_000),
      environment,
    });
    expect(both.timeouts.runMs).toBe(200_000);
    const none = await decide(place, { groupFile: withTimeout("soon"), environment });
    expect(none.timeouts.runMs).toBe(600_000);
  });
});

test("a tier that no engine gives refuses the group", async () => {
  using place = testInstallation();
  const said = {
    registered: { runtimeTier: "vm" },
    environment: { CONTAINER_RUNTIME: "docker" },
    there: ["docker"] as const,
  };
  await expect(decide(place, said)).rejects.toMatchObject({
    code: "engine_unavailable",
    message: expect.stringContaining("No engine with at least vm isolation is there."),
  });
});

test("F5: every agent goes with every runtime, and there is no kind without a sandbox", async () => {
  using place = testInstallation();
  for (const agent of agents) {
    for (const runtime of runtimes) {
      const environment = { AGENT_RUNTIME: agent, CONTAINER_RUNTIME: runtime };
      expect(await decide(place, { environment })).toMatchObject({ agent, runtime });
      const policy = { groups: { team: { agent, runtime } } };
      expect(await decide(place, { policy })).toMatchObject({ agent, runtime });
      rmSync(place.policyPath);
    }
  }
  for (const none of ["none", "host", "process", "codex"]) {
    await expect(decide(place, { environment: { CONTAINER_RUNTIME: none } })).rejects.toMatchObject({
      code: "invalid_argument",
    });
    await expect(decide(place, { policy: named(none) })).rejects.toMatchObject({ code: "invalid_argument" });
    rmSync(place.policyPath);
  }
});

describe("what is sensitive", () => {
  const fallbackOf = async (policy: unknown): Promise<readonly Runtime[]> => {
    using place = testInstallation();
    return (await decide(place, { policy })).fallback;
  };
  test("does not fall back by what holds for all", async () => {
    const all = { runtime: "tart", fallback: ["container", "docker"] };
    expect(await fallbackOf({ default: all })).toEqual(["container", "docker"]);
    expect(await fallbackOf({ default: all, groups: { team: { sensitive: true } } })).toEqual([]);
    expect(await fallbackOf({ default: { ...all, sensitive: true } })).toEqual(["container", "docker"]);
  });
  test("falls back where that is said of it", async () => {
    const own = { runtime: "tart", sensitive: true, fallback: ["container"] };
    expect(await fallbackOf({ groups: { team: own } })).toEqual(["container"]);
    expect(await fallbackOf({ rules: [{ tags: ["m"], ...own }], groups: { team: { tags: ["m"] } } })).toEqual(
      ["container"],
    );
  });
  test("two tags make the stricter of two rules, in any order", async () => {
    using place = testInstallation();
    const rules = [
      { tags: ["chat"], minimumIsolation: "process", sensitive: false },
      { tags: ["money"], minimumIsolation: "vm", sensitive: true },
    ];
    for (const each of [rules, [...rules].reverse()]) {
      const policy = { rules: each, groups: { team: { tags: ["chat", "money"] } } };
      const environment = { CONTAINER_RUNTIME: "docker" };
      const decision = await decide(place, { policy, environment, there: ["container"] });
      expect(decision).toMatchObject({ runtime: "container", sensitive: true });
    }
  });
});

test("R10: limits, times, image and the rest come from the policy, each by itself", async () => {
  using place = testInstallation();
  const decision = await decide(place, {
    policy: {
      default: {
        runtime: "docker",
        limits: { memoryMiB: 512, cpuCount: 1 },
        timeouts: { bootMs: 7, runMs: 8 },
      },
      groups: {
        team: {
          limits: { memoryMiB: 2048 },
          timeouts: { runMs: 9 },
          image: { docker: "own:1", tart: "own_base" },
          fallback: ["tart"],
          network: "none",
          keep: { on: "failure" },
          queueMs: 5,
          secrets: ["A"],
        },
      },
      runtimes: {
        docker: { limits: { pidCount: 64, memoryMiB: 256 }, entrypoint: ["agent"] },
        tart: { limits: { diskGiB: 50 }, entrypoint: ["/bin/sh", "-c", "run"] },
      },
    },
  });
  expect(decision).toMatchObject({
    limits: { memoryMiB: 2048, cpuCount: 1, pidCount: 64 },
    timeouts: { bootMs: 7, runMs: 9, idleMs: 1_800_000 },
    keptByNanoClaw: ["idleMs"],
    image: "own:1",
    entrypoint: ["agent"],
    network: "none",
    keep: { on: "failure", ttlMs: 3_600_000 },
    queueMs: 5,
    secrets: ["A"],
  });
  expect(decision.inFallback?.tart).toEqual({
    image: "own_base",
    entrypoint: ["/bin/sh", "-c", "run"],
    limits: { diskGiB: 50, memoryMiB: 2048, cpuCount: 1 },
  });
});

test("another spelling of a group that the policy knows is refused", async () => {
  using place = testInstallation();
  const policy = { groups: { finance: { runtime: "tart" } } };
  await expect(decide(place, { policy }, "Finance")).rejects.toMatchObject({ code: "invalid_argument" });
  await expect(decide(place, {}, "../finance")).rejects.toMatchObject({ code: "invalid_argument" });
});

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { capabilitiesOf } from "../src/driver/abilities.js";
import { type MountSpec, mixedDriver, type SessionSpec } from "../src/driver.js";
import { runtimes } from "../src/runtime.js";
import { makeInstallation, type TestInstallation } from "./driver-installation.js";

/** What is refused before anything is asked of an engine. */

let nanoclaw: TestInstallation;
beforeEach(() => {
  nanoclaw = makeInstallation();
});
afterEach(async () => await nanoclaw[Symbol.asyncDispose]());

const agentOf = (spec: SessionSpec) => {
  const [agent] = spec.containers;
  if (agent === undefined) throw new Error("There is an agent.");
  return agent;
};
const root = (path: string) => join(nanoclaw.installation.root, path);

/** Says what `prepare` does with a specification. Its router ends it where it would ask for an engine. */
async function verdictOn(change: (spec: SessionSpec) => void, engines = runtimes): Promise<string> {
  const host = nanoclaw.host([]);
  const choose = async () => {
    throw new Error("accepted");
  };
  const driver = mixedDriver({ host: { ...host, router: { ...host.router, choose } }, runtimes: engines });
  const failure = await driver(nanoclaw.policy)
    .prepare(nanoclaw.spec({ change }))
    .then(
      () => "prepared",
      (error: { kind: string }) => error.kind,
    );
  // What the router throws is nobody's failure in particular, and crosses as such.
  return failure === "unknown" ? "accepted" : failure;
}

function extra(details: Partial<MountSpec>): (spec: SessionSpec) => void {
  const mount: MountSpec = {
    class: "allowlisted-extra",
    hostPath: root("project"),
    containerPath: "/workspace/extra/project",
    mode: "rw",
    groupScope: "g1",
    ...details,
  };
  return (spec) => void agentOf(spec).mounts.push(mount);
}

test("a specification as the host composes it is accepted", async () => {
  expect(await verdictOn(() => undefined)).toBe("accepted");
});

describe("mounts", () => {
  const refused: readonly [string, string, () => Partial<MountSpec>][] = [
    ["denied-by-policy", "a relative path", () => ({ hostPath: "project" })],
    ["denied-by-policy", "a path that climbs", () => ({ hostPath: `${root("groups")}/family/../other` })],
    ["denied-by-policy", "a path with a double slash", () => ({ hostPath: `${root("groups")}//family` })],
    ["denied-by-policy", "a path with an end of line", () => ({ hostPath: root("a\nb") })],
    [
      "denied-by-policy",
      "another group's folder",
      () => ({ class: "group-state", hostPath: root("groups/other") }),
    ],
    [
      "denied-by-policy",
      "another group's sessions",
      () => ({ class: "group-state", hostPath: root("data/v2-sessions/g2/s2") }),
    ],
    [
      "denied-by-policy",
      "another group's sessions under its own name",
      () => ({ class: "group-state", hostPath: root("data/v2-sessions/g2/s2"), groupScope: "g2" }),
    ],
    [
      "denied-by-policy",
      "a key that is called an extra",
      () => ({ hostPath: root("data/session-materials/c/key.pem"), mode: "ro" }),
    ],
    [
      "denied-by-policy",
      "a key in the agent",
      () => ({ class: "identity-material", hostPath: root("data/session-materials/c/key.pem"), mode: "ro" }),
    ],
    [
      "denied-by-policy",
      "the runner, for writing",
      () => ({ class: "install-surface", hostPath: root("container/agent-runner/src/agent.sh") }),
    ],
    ["denied-by-policy", "the runner as an extra", () => ({ hostPath: root("container/agent-runner/src") })],
    [
      "denied-by-policy",
      "the group's plugins as its state",
      () => ({ class: "group-state", hostPath: root("groups/family/plugins") }),
    ],
    [
      "denied-by-policy",
      "trusted certificates, for writing",
      () => ({ class: "gateway-trust", hostPath: root("data/gateway-trust/ca.crt") }),
    ],
    ["denied-by-policy", "a class that is not known", () => ({ class: "anything" as MountSpec["class"] })],
    ["spec-invalid", "a place that is taken", () => ({ containerPath: "/workspace" })],
    ["spec-invalid", "a place that climbs", () => ({ containerPath: "/workspace/../etc" })],
  ];
  test.each(refused)("%s: %s", async (verdict, _, details) => {
    expect(await verdictOn(extra(details()))).toBe(verdict);
  });

  test("what each class is for is accepted", async () => {
    for (const details of [
      {},
      { class: "group-state", hostPath: root("groups/family/notes") },
      { class: "install-surface", hostPath: root("groups/family/plugins"), mode: "ro" },
      { class: "gateway-trust", hostPath: root("data/gateway-trust/ca.crt"), mode: "ro" },
    ] as const) {
      expect(await verdictOn(extra(details))).toBe("accepted");
    }
  });

  test("one whose source is missing is refused, and no directory is made for it", async () => {
    const host = nanoclaw.host([]);
    const provider = async () => ({ capabilities: { mounts: {} } }) as never;
    const driver = mixedDriver({ host: { ...host, router: { ...host.router, provider } } })(nanoclaw.policy);
    await expect(driver.prepare(nanoclaw.spec({ change: extra({}) }))).rejects.toMatchObject({
      kind: "spec-invalid",
      retryable: false,
      detail: expect.stringContaining("/project is not there"),
    });
  });
});

test("what decides on walls is for writing by no agent, whatever list allows it", async () => {
  const host = nanoclaw.host([]);
  const provider = async () => ({ capabilities: { mounts: {} } }) as never;
  const driver = mixedDriver({ host: { ...host, router: { ...host.router, provider } } })(nanoclaw.policy);
  const { root: project, configDirectory } = nanoclaw.installation;
  mkdirSync(configDirectory, { recursive: true });
  for (const hostPath of [project, configDirectory]) {
    const prepared = (mode: "rw" | "ro") =>
      driver
        .prepare(nanoclaw.spec({ change: extra({ hostPath, mode }) }))
        .catch((error: Error) => error.message);
    expect(await prepared("rw")).toContain("denied-by-policy");
    expect(await prepared("ro")).not.toContain("denied-by-policy");
  }
});

test("a link that a group has left in its directory is mounted for nobody", async () => {
  const host = nanoclaw.host([]);
  const provider = async () => ({ capabilities: { mounts: {} } }) as never;
  const driver = mixedDriver({ host: { ...host, router: { ...host.router, provider } } })(nanoclaw.policy);
  mkdirSync(root("secrets"));
  writeFileSync(root("secrets/key"), "");
  const spec = nanoclaw.spec({
    change: extra({ class: "group-state", hostPath: root("groups/family/notes"), mode: "ro" }),
  });
  const verdict = async () => await driver.prepare(spec).catch((error: Error) => error.message);
  symlinkSync(root("secrets/key"), root("groups/family/notes"));
  expect(await verdict()).toContain("is reached by a link");
  rmSync(root("groups/family/notes"));
  mkdirSync(root("groups/family/notes"));
  expect(await verdict()).not.toContain("link");
  // On the way to it, too.
  mkdirSync(root("elsewhere/s1"), { recursive: true });
  rmSync(root("data/v2-sessions/g1"), { recursive: true });
  symlinkSync(root("elsewhere"), root("data/v2-sessions/g1"));
  expect(await verdict()).toContain("v2-sessions/g1/s1 is reached by a link");
});

describe("the rest", () => {
  const refused: readonly [string, string, (spec: SessionSpec) => void][] = [
    ["spec-invalid", "no agent", (spec) => void Object.assign(spec, { containers: [] })],
    ["spec-invalid", "two agents", (spec) => void spec.containers.push(agentOf(spec))],
    [
      "spec-invalid",
      "a proxy beside it",
      (spec) => void spec.containers.push({ ...agentOf(spec), role: "proxy" }),
    ],
    ["spec-invalid", "no command", (spec) => void Object.assign(agentOf(spec), { command: [] })],
    [
      "spec-invalid",
      "a hardening of tomorrow",
      (spec) => void Object.assign(spec, { hardening: "strict" as "standard" }),
    ],
    [
      "spec-invalid",
      "a folder that is none",
      (spec) => void Object.assign(spec.labels, { "nanoclaw-group-folder": "../x" }),
    ],
    ["spec-invalid", "no folder", (spec) => void delete spec.labels["nanoclaw-group-folder"]],
    [
      "spec-invalid",
      "a label for another key",
      (spec) => void Object.assign(spec.labels, { "nanoclaw-session": "s2" }),
    ],
    [
      "spec-invalid",
      "a label of ours",
      (spec) => void Object.assign(spec.labels, { "dev.nanoclaw.owner": "me" }),
    ],
    [
      "spec-invalid",
      "a label with an end of line",
      (spec) => void Object.assign(spec.labels, { note: "a\nb" }),
    ],
    [
      "spec-invalid",
      "a key that no label carries",
      (spec) => void Object.assign(spec.key, { sessionId: "a b" }),
    ],
    [
      "spec-invalid",
      "a user that is none",
      (spec) => void Object.assign(spec, { runAs: { uid: -1, gid: 0 } }),
    ],
    ["spec-invalid", "no grace", (spec) => void Object.assign(spec, { stopGraceSeconds: Number.NaN })],
    [
      "spec-invalid",
      "a gateway in a network that is not there",
      (spec) =>
        void Object.assign(spec, {
          networkAccess: { endpoint: "gw", target: { kind: "runtime", identity: "gw" } },
        }),
    ],
    [
      "denied-by-policy",
      "a secret's name",
      (spec) => void Object.assign(agentOf(spec).env, { SERVICE_TOKEN: "word" }),
    ],
    [
      "denied-by-policy",
      "a secret by any name",
      (spec) => void Object.assign(agentOf(spec).env, { A: `ghp_${"a".repeat(36)}` }),
    ],
    [
      "denied-by-policy",
      "a secret from the gateway",
      (spec) => void Object.assign(agentOf(spec), { contributedEnv: { A: `sk-${"a".repeat(40)}` } }),
    ],
  ];
  test.each(refused)("%s: %s", async (verdict, _, change) => {
    expect(await verdictOn(change)).toBe(verdict);
  });

  test("what only looks like a secret is accepted", async () => {
    const change = (spec: SessionSpec) => {
      Object.assign(agentOf(spec).env, { CLIENT_KEY: "/run/key.pem", DIGEST: `sha256:${"a".repeat(64)}` });
      spec.networkAccess = { endpoint: "host.docker.internal", target: { kind: "host" } };
    };
    expect(await verdictOn(change)).toBe("accepted");
  });
});

test("a tier that no engine of the installation has is refused, and told with those that there are", async () => {
  const change = (spec: SessionSpec) => void Object.assign(spec, { runtimeTier: "vm" });
  expect(await verdictOn(change, ["docker", "local"])).toBe("spec-invalid");
  expect(await verdictOn(change, ["docker", "tart"])).toBe("accepted");
});

test("the policy hears of the tier before anybody chooses", async () => {
  const heard: unknown[] = [];
  const host = nanoclaw.host([]);
  const decide: typeof host.router.decide = async (group) => {
    heard.push(group);
    throw new Error("heard");
  };
  const driver = mixedDriver({ host: { ...host, router: { ...host.router, decide } } })(nanoclaw.policy);
  for (const runtimeTier of ["container", "vm"] as const) {
    await expect(driver.prepare({ ...nanoclaw.spec(), runtimeTier })).rejects.toMatchObject({
      kind: "unknown",
    });
  }
  expect(heard).toEqual([{ folder: "family" }, { folder: "family", registered: { runtimeTier: "vm" } }]);
});

test("the driver says what all of its engines can do, and leaves out what one cannot", () => {
  expect(capabilitiesOf(["docker"])).toMatchObject({
    isolationTiers: ["container"],
    unrealized: ["shmSizeMb"],
    imageBuild: true,
    auxiliaryContainers: false,
  });
  expect(capabilitiesOf(["docker", "tart"])).toMatchObject({
    isolationTiers: ["container", "vm"],
    unrealized: ["pidsLimit", "shmSizeMb"],
    imageBuild: false,
  });
  expect(capabilitiesOf(["docker", "local"]).unrealized).toEqual([
    "memoryMb",
    "cpus",
    "pidsLimit",
    "shmSizeMb",
  ]);
});

test("no engine's words cross to the host: they are in the log, under the reference that does", async () => {
  const host = nanoclaw.host([]);
  const decide = async () => {
    throw new Error("/secret/place: connection refused");
  };
  const driver = mixedDriver({ host: { ...host, router: { ...host.router, decide } } })(nanoclaw.policy);
  const failure = await driver
    .prepare(nanoclaw.spec())
    .catch((error: Error & { opaqueRef: string }) => error);
  expect(failure).toMatchObject({ kind: "unknown", retryable: false });
  expect(JSON.stringify(failure) + String(failure)).not.toContain("/secret/place");
  const { opaqueRef } = failure as { opaqueRef: string };
  const log = readFileSync(root("state/driver.log"), "utf8");
  expect(log).toContain(opaqueRef);
  expect(log).toContain("/secret/place: connection refused");
});

test("options that are none are refused", () => {
  const host = nanoclaw.host([]);
  expect(() => mixedDriver({ host, runtimes: [] })).toThrow("runtimes names");
  expect(() => mixedDriver({ host, runtimes: ["podman" as "docker"] })).toThrow('"podman"');
});

test("a session's databases in WAL mode are refused on a virtual machine, and taken on a container", async () => {
  const directory = root("data/v2-sessions/g1/s1");
  mkdirSync(directory, { recursive: true });
  // What an agent leaves there must not hold anything up.
  execFileSync("mkfifo", [join(directory, "outbound.db")]);
  execFileSync("sqlite3", [join(directory, "inbound.db"), "PRAGMA journal_mode=WAL; CREATE TABLE a(b)"]);
  const prepareOn = async (isolation: string) => {
    const host = nanoclaw.host([]);
    const provider = async () => ({ capabilities: { isolation, mounts: {}, limits: {} } }) as never;
    const driver = mixedDriver({ host: { ...host, router: { ...host.router, provider } } })(nanoclaw.policy);
    const spec = nanoclaw.spec({
      change: (each) => void Object.assign(each, { runtimeTier: isolation === "vm" ? "vm" : "container" }),
    });
    return await driver.prepare(spec).catch((error: Error) => error.message);
  };
  expect(await prepareOn("vm")).toContain("inbound.db of the session is in WAL mode");
  expect(await prepareOn("container")).not.toContain("WAL");
});

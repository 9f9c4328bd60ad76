import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { MountPolicy, MountSpec, SessionSpec } from "../src/driver.js";
import { type Host, type Installation, installationAt, type Runtime } from "../src/index.js";
import type { Decision } from "../src/policy/decision.js";
import type { TestEngine } from "./driver-engines.js";

/** A NanoClaw of a test's own, as far as a driver sees it. */
export interface TestInstallation extends AsyncDisposable {
  readonly installation: Installation;
  readonly policy: MountPolicy;
  /** What a host composes for a session, changed by the test. */
  spec(details?: SpecDetails): SessionSpec;
  host(engines: readonly TestEngine[], groups?: Readonly<Record<string, Partial<Decision>>>): Host;
}

export interface SpecDetails {
  readonly folder?: string;
  readonly group?: string;
  readonly session?: string;
  /** The agent, a script of `sh`. */
  readonly script?: string;
  readonly change?: (spec: SessionSpec) => void;
}

export function makeInstallation(): TestInstallation {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "driver-nanoclaw-")));
  const installation = installationAt({
    root,
    stateDirectory: join(root, "state"),
    configDirectory: join(root, "config"),
  });
  const surface = join(root, "container/agent-runner/src");
  mkdirSync(surface, { recursive: true });
  writeFileSync(join(surface, "agent.sh"), "echo the runner\n");
  const policy: MountPolicy = {
    groupsRoot: installation.groupsDirectory,
    dataRoot: installation.dataDirectory,
    surfaceRoots: [surface],
    materialsRoot: join(installation.dataDirectory, "session-materials"),
    gatewayTrustRoot: join(installation.dataDirectory, "gateway-trust"),
  };
  return {
    installation,
    policy,
    spec: (details) => composeSpec(installation, surface, details),
    host: (engines, groups = {}) => hostOf(installation, engines, groups),
    async [Symbol.asyncDispose]() {
      rmSync(root, { recursive: true });
    },
  };
}

function composeSpec(
  { slug, dataDirectory, groupsDirectory }: Installation,
  surface: string,
  { folder = "family", group = "g1", session = "s1", script = "sleep 1000", change }: SpecDetails = {},
): SessionSpec {
  const sessionDirectory = join(dataDirectory, "v2-sessions", group, session);
  const groupDirectory = join(groupsDirectory, folder);
  for (const directory of [sessionDirectory, groupDirectory]) mkdirSync(directory, { recursive: true });
  writeFileSync(join(groupDirectory, "CLAUDE.md"), "Be kind.\n");
  const mount = (details: Omit<MountSpec, "groupScope">): MountSpec => ({ ...details, groupScope: group });
  const spec: SessionSpec = {
    key: { installSlug: slug, agentGroupId: group, sessionId: session },
    labels: { "nanoclaw-container-name": `nanoclaw-v2-${folder}-1`, "nanoclaw-group-folder": folder },
    containers: [
      {
        role: "agent",
        image: "nanoclaw-test/dash:1",
        env: { TZ: "UTC", GREETING: "good day" },
        contributedEnv: {
          ANTHROPIC_AUTH_TOKEN: "placeholder",
          HTTPS_PROXY: "http://host.docker.internal:10255",
        },
        command: ["/bin/sh", "-c"],
        args: [script],
        mounts: [
          mount({
            class: "group-state",
            hostPath: sessionDirectory,
            containerPath: "/workspace",
            mode: "rw",
          }),
          mount({
            class: "group-state",
            hostPath: groupDirectory,
            containerPath: "/workspace/agent",
            mode: "rw",
          }),
          mount({
            class: "group-state",
            hostPath: join(groupDirectory, "CLAUDE.md"),
            containerPath: "/workspace/agent/CLAUDE.md",
            mode: "ro",
          }),
          mount({
            class: "install-surface",
            hostPath: surface,
            containerPath: "/workspace/my own $runner",
            mode: "ro",
          }),
          mount({ class: "install-surface", hostPath: surface, containerPath: "/app/src", mode: "ro" }),
        ],
      },
    ],
    network: "shared-private",
    hardening: "standard",
    resources: { shmSizeMb: 1024, pidsLimit: 256 },
    runtimeTier: "container",
    runAs: { uid: 0, gid: 0 },
    stopGraceSeconds: 5,
  };
  change?.(spec);
  return spec;
}

/** Groups get what the test says; those it does not name get the first engine. */
function hostOf(
  installation: Installation,
  engines: readonly TestEngine[],
  groups: Readonly<Record<string, Partial<Decision>>>,
): Host {
  const provider = async (runtime: Runtime) => {
    const engine = engines.find((each) => each.runtime === runtime);
    if (engine === undefined) throw new Error(`The test has no ${runtime}.`);
    return engine.provider;
  };
  const base: Omit<Decision, "folder"> = {
    runtime: engines[0]?.runtime ?? "local",
    fallback: [],
    sensitive: false,
    agent: "claude",
    network: "open",
    limits: {},
    timeouts: { bootMs: 60_000, runMs: 600_000, idleMs: 600_000 },
    keep: { on: "failure", ttlMs: 60_000 },
    queueMs: 1_000,
    layers: [],
    attempts: [],
  };
  return {
    installation,
    router: {
      decide: async ({ folder }) => ({ ...base, folder, ...groups[folder] }),
      choose: async (decision) => ({ decision, runtime: decision.runtime, unavailable: [] }),
      provider,
    },
    capacity: {
      admit: async () => ({
        queuedMs: 0,
        end: async () => undefined,
        [Symbol.asyncDispose]: async () => undefined,
      }),
    },
  };
}

/** SQLite with all that it needs, for guests that have it not: `ld.so --library-path . ./sqlite3`. */
export function copySqlite(directory: string): void {
  const program = "/usr/bin/sqlite3";
  mkdirSync(directory, { recursive: true });
  copyFileSync(program, join(directory, "sqlite3"));
  const libraries = execFileSync("ldd", [program], { encoding: "utf8" }).match(/\/\S+/g) ?? [];
  for (const library of libraries) {
    const name = basename(library).startsWith("ld-") ? "ld.so" : basename(library);
    copyFileSync(realpathSync(library), join(directory, name));
  }
}

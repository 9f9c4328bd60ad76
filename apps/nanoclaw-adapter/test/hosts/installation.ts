import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { AppleContainerOptions } from "@nanoclaw/sandbox-apple-container";
import type { DockerOptions } from "@nanoclaw/sandbox-docker";
import type { LocalOptions } from "@nanoclaw/sandbox-local";
import type { TartOptions } from "@nanoclaw/sandbox-tart";
import type { Concession, Decision, Runtime } from "../../src/index.js";

/** What policy says of a group, as far as tests care. */
export interface GroupPolicy {
  readonly runtime: Runtime;
  readonly entrypoint?: readonly string[];
  readonly concessions?: readonly Concession[];
  readonly timeouts?: Decision["timeouts"];
  readonly keep?: Decision["keep"];
}

/** What the tests' executable `docker` reads instead of a policy. */
export interface TestPolicy {
  readonly groups: Readonly<Record<string, GroupPolicy>>;
  readonly engines: {
    readonly docker?: DockerOptions;
    readonly local?: LocalOptions;
    readonly tart?: TartOptions;
    readonly container?: AppleContainerOptions;
  };
}

/** A NanoClaw project on disk, with an executable named docker for it. Removed with everything in it. */
export interface TestInstallation extends Disposable {
  readonly root: string;
  /** For NanoClaw's process: `docker` is first in PATH, and all state is in the installation's own directory. */
  readonly environment: NodeJS.ProcessEnv;
  /** The directory with `docker`, and nothing else. */
  readonly bin: string;
  readonly stateHome: string;
  /** Changes what the next calls of docker read. */
  policy(policy: TestPolicy): void;
}

/** The image of the stub agents, which `importImages` makes. */
export const agentImage = "nanoclaw-test/agent:1";
/** As the image says it; engines without images of Docker's are told by policy. */
export const agentEntrypoint = ["/bin/sh", "/app/src/agent.sh"];

export const agentDirectory = fileURLToPath(new URL("./agent", import.meta.url));

/** @param docker The executable's path. */
export function testInstallation(docker: string, policy: TestPolicy, base?: string): TestInstallation {
  const directory = base ?? realpathSync(mkdtempSync(join(tmpdir(), "nanoclaw-")));
  const root = join(directory, "project");
  const bin = join(directory, "bin");
  const file = join(directory, "policy.json");
  for (const each of [root, bin, join(root, "groups"), join(root, "data")])
    mkdirSync(each, { recursive: true });
  symlinkSync(docker, join(bin, "docker"));
  const write = (next: TestPolicy) => writeFileSync(file, JSON.stringify(next));
  write(policy);
  // Package managers name their own places in NODE_PATH, where every package of the workspace is.
  const { NODE_PATH: _path, DOCKER_HOST: _host, ...inherited } = process.env;
  return {
    root,
    bin,
    stateHome: join(directory, "state"),
    environment: {
      ...inherited,
      PATH: `${bin}${delimiter}${process.env.PATH ?? ""}`,
      XDG_STATE_HOME: join(directory, "state"),
      XDG_CONFIG_HOME: join(directory, "config"),
      NANOCLAW_TEST_POLICY: file,
    },
    policy: write,
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** A directory of the host that guests of any user may write to. */
export function openDirectory(path: string): string {
  const before = process.umask(0);
  mkdirSync(path, { recursive: true, mode: 0o777 });
  process.umask(before);
  return path;
}

/** The stub's source, as NanoClaw copies its agent-runner for each group. */
export function copyAgent(target: string): string {
  cpSync(agentDirectory, target, { recursive: true });
  return target;
}

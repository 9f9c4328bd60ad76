import type { TestProject } from "vitest/node";
import { whyNoDocker, whyNoPodman, whyNoTestImages } from "./prerequisites.js";
import { type SharedEngine, sharedDockerEngine, sharedPodmanEngine } from "./shared-engine.js";

/** The engine that a global setup started for this run of tests, or the sentence to skip with. */
export type EngineOfRun =
  | { readonly dockerHost: string; readonly reason: undefined }
  | { readonly dockerHost: undefined; readonly reason: string };

/** The Docker engine of this run, in a test under `@nanoclaw/test-engines/docker-global-setup`. */
export function dockerOfRun(): EngineOfRun {
  return engineOfRun(docker);
}

/** The Podman engine of this run, in a test under `@nanoclaw/test-engines/podman-global-setup`. */
export function podmanOfRun(): EngineOfRun {
  return engineOfRun(podman);
}

export function setUpDocker(project: TestProject): Promise<() => Promise<void>> {
  return setUp(project, docker);
}

export function setUpPodman(project: TestProject): Promise<() => Promise<void>> {
  return setUp(project, podman);
}

interface Kind {
  readonly name: string;
  /** Names an engine that is there already; set for the processes of the run otherwise. */
  readonly hostVariable: string;
  /** Tells the processes of the run why there is none. */
  readonly reasonVariable: string;
  readonly setupModule: string;
  whyNot(): string | undefined;
  start(): Promise<SharedEngine>;
}

const docker: Kind = {
  name: "Docker",
  hostVariable: "NANOCLAW_TEST_DOCKER_HOST",
  reasonVariable: "NANOCLAW_TEST_NO_DOCKER",
  setupModule: "@nanoclaw/test-engines/docker-global-setup",
  whyNot: () => whyNoDocker() ?? whyNoTestImages(),
  start: sharedDockerEngine,
};

const podman: Kind = {
  name: "Podman",
  hostVariable: "NANOCLAW_TEST_PODMAN_HOST",
  reasonVariable: "NANOCLAW_TEST_NO_PODMAN",
  setupModule: "@nanoclaw/test-engines/podman-global-setup",
  whyNot: () => whyNoPodman() ?? whyNoTestImages(),
  start: sharedPodmanEngine,
};

function engineOfRun({ name, hostVariable, reasonVariable, setupModule }: Kind): EngineOfRun {
  const dockerHost = process.env[hostVariable];
  if (dockerHost !== undefined && dockerHost !== "") return { dockerHost, reason: undefined };
  const reason =
    process.env[reasonVariable] ??
    `No ${name} engine in this run: name ${setupModule} in "globalSetup" of vitest's configuration.`;
  return { dockerHost: undefined, reason };
}

async function setUp(project: TestProject, kind: Kind): Promise<() => Promise<void>> {
  const given = process.env[kind.hostVariable];
  const isGiven = given !== undefined && given !== "";
  const reason = isGiven ? undefined : kind.whyNot();
  if (reason !== undefined) {
    // A run that is meant to prove something must not pass by skipping.
    if (process.env.NANOCLAW_TEST_ENGINES === "required") throw new Error(reason);
    project.vitest.logger.warn(`SKIPPED: ${reason}`);
    process.env[kind.reasonVariable] = reason;
    return async () => void delete process.env[kind.reasonVariable];
  }
  const engine = await kind.start();
  process.env[kind.hostVariable] = engine.dockerHost;
  return async () => {
    if (!isGiven) delete process.env[kind.hostVariable];
    await engine.stop();
  };
}

import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installContainer } from "@nanoclaw/emulator-apple-container";
import { whyNoGuests } from "@nanoclaw/emulator-base";
import { installEmulator } from "@nanoclaw/emulator-tart";
import { dockerOfRun, importImages, whyNoBubblewrap, whyNoTestImages } from "@nanoclaw/test-engines";
import type { Runtime } from "../../src/index.js";
import { labelNames } from "../../src/labels.js";
import { askEngine, type ListedContainer } from "./docker-engine.js";
import type { TestPolicy } from "./installation.js";

/** Engines of a test's own, with what the stub agents need in their guests. */
export interface TestEngines extends AsyncDisposable {
  /** For the tests' policy. */
  readonly settings: TestPolicy["engines"];
  /** For the hosts, beside the installation's own environment. */
  readonly environment: NodeJS.ProcessEnv;
  /** A line for each thing that is still on one of the engines; empty at the end of every test. */
  leftovers(): Promise<string[]>;
}

/** Why these engines cannot be had here, or undefined. */
export function whyNoEngines(runtimes: readonly Runtime[]): string | undefined {
  if (spawnSync("sqlite3", ["-version"]).status !== 0) {
    return "No stub agents: sqlite3 not found; on Debian and Ubuntu: apt-get install sqlite3.";
  }
  const reasons: Readonly<Record<Runtime, () => string | undefined>> = {
    docker: () => dockerOfRun().reason,
    local: whyNoBubblewrap,
    tart: whyNoGuests,
    container: () => whyNoGuests() ?? whyNoTestImages(),
  };
  return runtimes.map((runtime) => reasons[runtime]()).find((reason) => reason !== undefined);
}

export async function testEngines(runtimes: readonly Runtime[]): Promise<TestEngines> {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "nanoclaw-engines-")));
  const emulators: AsyncDisposable[] = [];
  const checks: (() => Promise<string[]>)[] = [];
  let settings: TestPolicy["engines"] = {};
  let environment: NodeJS.ProcessEnv = {};
  for (const runtime of runtimes) {
    if (runtime === "docker") {
      const { dockerHost = "" } = dockerOfRun();
      const socket = dockerHost.replace("unix://", "");
      await importImages(socket, ["agent"]);
      settings = { ...settings, docker: { host: dockerHost } };
      checks.push(() => containersOfGroups(socket));
    } else if (runtime === "local") {
      const stateDirectory = join(directory, "local");
      mkdirSync(stateDirectory);
      settings = { ...settings, local: { stateDirectory } };
      checks.push(async () => readdirSync(stateDirectory).map((name) => `record of local ${name}`));
    } else if (runtime === "tart") {
      const emulator = await installEmulator();
      emulators.push(emulator);
      await emulator.image({ name: "linux-image", os: "linux", agent: "new" });
      const stateDirectory = join(directory, "tart");
      mkdirSync(stateDirectory);
      const { program, home } = emulator;
      settings = { ...settings, tart: { program, home, stateDirectory, defaultImage: "linux-image" } };
      checks.push(() => emulator.leftovers());
    } else {
      const emulator = await installContainer();
      emulators.push(emulator);
      await emulator.image({ name: "agent" });
      const { program, environment: own } = emulator;
      execFileSync(program, ["system", "start", "--enable-kernel-install"], { env: own, stdio: "ignore" });
      // The guardian of a killed owner has this too.
      environment = { ...environment, CONTAINER_EMULATOR_HOME: emulator.home };
      settings = { ...settings, container: { program } };
      checks.push(() => emulator.leftovers());
    }
  }
  return {
    settings,
    environment,
    leftovers: async () => (await Promise.all(checks.map((check) => check()))).flat(),
    async [Symbol.asyncDispose]() {
      for (const emulator of emulators) await emulator[Symbol.asyncDispose]();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The containers of the adapter's own groups, whatever their state, as the engine itself has them. */
async function containersOfGroups(socket: string): Promise<string[]> {
  const containers = await askEngine<ListedContainer[]>(socket, "/containers/json?all=1");
  return containers
    .filter(({ Labels }) => JSON.stringify(Labels).includes(labelNames.folder))
    .map(({ Names }) => `container ${Names.join(", ")}`);
}

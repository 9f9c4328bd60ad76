import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installContainer } from "@nanoclaw/emulator-apple-container";
import { installEmulator, whyNoGuests } from "@nanoclaw/emulator-tart";
import { listSandboxes, type SandboxProvider } from "@nanoclaw/sandbox";
import { appleContainer } from "@nanoclaw/sandbox-apple-container";
import { docker } from "@nanoclaw/sandbox-docker";
import { local } from "@nanoclaw/sandbox-local";
import { tart } from "@nanoclaw/sandbox-tart";
import { dockerOfRun, testImages, whyNoTestImages } from "@nanoclaw/test-engines";
import type { Runtime } from "../src/runtime.js";

/** An engine of a test's own. */
export interface TestEngine extends AsyncDisposable {
  readonly runtime: Runtime;
  readonly provider: SandboxProvider;
  /** For the adapter's factory in another process. */
  readonly options: Readonly<Record<string, unknown>>;
  /** A line for everything that is still there. */
  leftovers(): Promise<string[]>;
}

const image = testImages.dash.reference;

/** Each engine, and why it cannot be had here, if so. */
export const testEngines: Readonly<
  Record<Runtime, { reason: string | undefined; start(): Promise<TestEngine> }>
> = {
  docker: { reason: dockerOfRun().reason, start: startDocker },
  local: { reason: undefined, start: startLocal },
  tart: { reason: whyNoGuests(), start: startTart },
  container: { reason: whyNoGuests() ?? whyNoTestImages(), start: startContainer },
};

async function startDocker(): Promise<TestEngine> {
  const options = { host: dockerOfRun().dockerHost, defaultImage: image, pull: "never" } as const;
  const provider = docker(options);
  return { runtime: "docker", provider, options, leftovers: () => known(provider), ...nothingToEnd };
}

async function startLocal(): Promise<TestEngine> {
  const stateDirectory = mkdtempSync(join(tmpdir(), "driver-local-"));
  const options = { stateDirectory };
  const provider = local(options);
  const remove = async () => rmSync(stateDirectory, { recursive: true });
  return {
    runtime: "local",
    provider,
    options,
    leftovers: () => known(provider),
    [Symbol.asyncDispose]: remove,
  };
}

async function startTart(): Promise<TestEngine> {
  const emulator = await installEmulator();
  await emulator.image({ name: "agents", os: "linux" });
  const stateDirectory = mkdtempSync(join(tmpdir(), "driver-tart-"));
  const { program, home } = emulator;
  const options = { program, home, stateDirectory, defaultImage: "agents" };
  return {
    runtime: "tart",
    provider: tart(options),
    options,
    leftovers: async () => [...(await emulator.leftovers()), ...readdirSync(stateDirectory)],
    async [Symbol.asyncDispose]() {
      await emulator[Symbol.asyncDispose]();
      rmSync(stateDirectory, { recursive: true });
    },
  };
}

async function startContainer(): Promise<TestEngine> {
  const emulator = await installContainer();
  // Its image has a mount(8), as those of Debian have, which the other test images lack.
  await emulator.image({ name: "busybox", reference: image });
  const directory = mkdtempSync(join(tmpdir(), "driver-container-"));
  // A killed host's guardian has an environment of its own, so that the program itself knows where its home is.
  const program = join(directory, "container");
  writeFileSync(
    program,
    `#!/bin/sh\nCONTAINER_EMULATOR_HOME='${emulator.home}' exec '${emulator.program}' "$@"\n`,
  );
  chmodSync(program, 0o755);
  const options = { program, defaultImage: image, startService: true, capAdd: ["SYS_ADMIN"] };
  return {
    runtime: "container",
    provider: appleContainer(options),
    options,
    leftovers: () => emulator.leftovers(),
    async [Symbol.asyncDispose]() {
      await emulator[Symbol.asyncDispose]();
      rmSync(directory, { recursive: true });
    },
  };
}

async function known(provider: SandboxProvider): Promise<string[]> {
  return (await listSandboxes(provider)).map(({ id, name }) => `${id} ${name}`);
}

const nothingToEnd: AsyncDisposable = { [Symbol.asyncDispose]: async () => undefined };

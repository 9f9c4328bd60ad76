import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type ContainerEmulator,
  type EmulatorSettings,
  installContainer,
} from "@nanoclaw/emulator-apple-container";
import { whyNoGuests } from "@nanoclaw/emulator-base";
import { type CallContext, type CreateRequest, quote } from "@nanoclaw/sandbox/adapter";
import { type TestImageName, testImages, whyNoTestImages } from "@nanoclaw/test-engines";
import { ContainerCli } from "../src/engine.js";
import { type AppleContainerOptions, appleContainer } from "../src/index.js";
import type { AppleContainerProvider } from "../src/provider.js";

/** An emulated `container` with its service up, and a provider for it. */
export interface Emulated extends AsyncDisposable {
  readonly emulator: ContainerEmulator;
  readonly options: AppleContainerOptions;
  readonly cli: ContainerCli;
  provider(options?: AppleContainerOptions): AppleContainerProvider;
  /** A directory of this test's, gone with the emulator. */
  readonly directory: string;
}

export interface EmulatedOptions extends Partial<EmulatorSettings> {
  /** Default: `["dash"]`. The first is the provider's default. */
  readonly images?: readonly TestImageName[];
  /** Whether the service is started. Default: true. */
  readonly up?: boolean;
}

/** Why no containers can be had here, or undefined. */
export const whyNoContainers = (): string | undefined => whyNoGuests() ?? whyNoTestImages();

export async function emulated({
  images = ["dash"],
  up = true,
  ...settings
}: EmulatedOptions = {}): Promise<Emulated> {
  const emulator = await installContainer({ settings });
  for (const name of images) await emulator.image({ name });
  const directory = mkdtempSync(join(tmpdir(), "container-test-"));
  // A killed owner's guardian has an environment of its own, so the program itself knows where its home is.
  const program = join(directory, "container");
  const script = `CONTAINER_EMULATOR_HOME=${quote(emulator.home)} exec ${quote(emulator.program)} "$@"`;
  writeFileSync(program, `#!/bin/sh\n${script}\n`);
  chmodSync(program, 0o755);
  const cli = new ContainerCli(program);
  if (up)
    await cli.call(["system", "start", "--enable-kernel-install"], { signal: AbortSignal.timeout(30_000) });
  const options: AppleContainerOptions = { program, defaultImage: testImages[images[0] ?? "dash"].reference };
  return {
    emulator,
    options,
    cli,
    directory,
    provider: (more) => appleContainer({ ...options, ...more }) as AppleContainerProvider,
    async [Symbol.asyncDispose]() {
      await emulator[Symbol.asyncDispose]();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export const installation = "an-installation-of-tests";

export function requestOf(details: Partial<CreateRequest> = {}): CreateRequest {
  return {
    id: `sandbox-${randomBytes(8).toString("hex")}`,
    env: {},
    labels: {},
    mounts: [],
    limits: {},
    network: "open",
    ports: [],
    lifetime: "owner",
    owner: { installation, pid: process.pid, startedAt: "1", host: "tests" },
    mainCommand: ["/bin/sh", "-c", 'while read -r line; do eval "$line"; done'],
    ...details,
  };
}

export function context(signal = new AbortController().signal): CallContext {
  return { signal, emit: () => undefined };
}

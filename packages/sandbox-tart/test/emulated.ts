import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type AgentGeneration,
  type Emulator,
  type EmulatorSettings,
  installEmulator,
} from "@nanoclaw/emulator-tart";
import type { CallContext, CreateRequest } from "@nanoclaw/sandbox/adapter";
import { type TartOptions, tart } from "../src/index.js";
import type { TartProvider } from "../src/provider.js";

/** An emulated Tart with a provider for it, and a state directory of their own. */
export interface Emulated extends AsyncDisposable {
  readonly emulator: Emulator;
  readonly options: TartOptions;
  readonly stateDirectory: string;
  provider(options?: TartOptions): TartProvider;
  /** What tests have left, of Tart and of the adapter. */
  leftovers(): Promise<string[]>;
}

export const linuxImage = "linux-image";
export const macImage = "mac-image";

export interface EmulatedOptions extends Partial<EmulatorSettings> {
  /** Of the images. Default: `new`. */
  readonly agent?: AgentGeneration;
  readonly softnet?: boolean;
}

export async function emulated({
  agent = "new",
  softnet,
  ...settings
}: EmulatedOptions = {}): Promise<Emulated> {
  const emulator = await installEmulator({ settings, softnet });
  await emulator.image({ name: linuxImage, os: "linux", agent });
  await emulator.image({ name: macImage, os: "darwin", agent });
  const stateDirectory = mkdtempSync(join(tmpdir(), "nctart-state-"));
  const { program, home } = emulator;
  const options: TartOptions = { program, home, stateDirectory, defaultImage: linuxImage };
  return {
    emulator,
    options,
    stateDirectory,
    provider: (more) => tart({ ...options, ...more }) as TartProvider,
    leftovers: async () => [
      ...(await emulator.leftovers()),
      ...readdirSync(stateDirectory).map((name) => `state ${name}`),
    ],
    async [Symbol.asyncDispose]() {
      await emulator[Symbol.asyncDispose]();
      rmSync(stateDirectory, { recursive: true, force: true });
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
    mainCommand: [],
    ...details,
  };
}

export function context(signal = new AbortController().signal): CallContext {
  return { signal, emit: () => undefined };
}

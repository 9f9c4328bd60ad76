import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SandboxProvider } from "@nanoclaw/sandbox";
import type { Agent, Decision, Group, Host, Runtime } from "../src/index.js";
import { installationAt } from "../src/index.js";
import type { ContainerInput } from "../src/turn/container-io.js";

export const busybox = "nanoclaw-test/busybox:1";

/** An installation of its own, with an engine for all groups and places for all. */
export interface TurnHost extends Disposable {
  readonly host: Host;
  readonly directory: string;
  readonly group: Group;
  readonly ended: string[];
  input(more?: Partial<ContainerInput>): ContainerInput;
}

export interface TurnHostOptions {
  readonly runtime: Runtime;
  readonly agent?: Agent;
  readonly image?: string;
  readonly timeouts?: Partial<Decision["timeouts"]>;
  readonly keep?: Decision["keep"];
  readonly group?: Partial<Group>;
}

export function turnHost(provider: SandboxProvider, options: TurnHostOptions): TurnHost {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "ncturn-")));
  const root = join(directory, "project");
  const installation = installationAt({
    root,
    environment: { HOME: join(directory, "home") },
  });
  mkdirSync(root);
  mkdirSync(installation.configDirectory, { recursive: true });
  const { runtime, agent = "claude", image } = options;
  const ended: string[] = [];
  const decide = async ({ folder }: Group): Promise<Decision> => ({
    folder,
    runtime,
    fallback: [],
    sensitive: false,
    agent,
    image,
    network: provider.capabilities.network.none && runtime !== "tart" ? "none" : "open",
    limits: {},
    timeouts: { bootMs: 60_000, runMs: 20_000, idleMs: 20_000, ...options.timeouts },
    keep: options.keep ?? { on: "never", ttlMs: 60_000 },
    queueMs: 1_000,
    layers: [],
    attempts: [],
  });
  return {
    directory,
    ended,
    group: { folder: "family", ...options.group },
    host: {
      installation,
      router: {
        decide,
        choose: async (decision) => ({ decision, runtime, unavailable: [] }),
        provider: async () => provider,
      },
      capacity: {
        admit: async () => ({
          queuedMs: 0,
          end: async (outcome) => {
            ended.push(outcome);
          },
          [Symbol.asyncDispose]: async () => undefined,
        }),
      },
    },
    input: (more) => ({ prompt: "hello", groupFolder: "family", chatJid: "1@g", isMain: false, ...more }),
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** An agent-runner of NanoClaw's, as a script of the guest. */
export function runner(script: string): { kind: "protocol"; entrypoint: readonly string[] } {
  return { kind: "protocol", entrypoint: ["/bin/sh", "-c", script] };
}

export const answer = (text: string, more = ""): string =>
  `printf '%s\\n' ---NANOCLAW_OUTPUT_START--- '{"status":"success","result":${JSON.stringify(text)}${more}}' ---NANOCLAW_OUTPUT_END---\n`;

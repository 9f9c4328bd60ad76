import {
  type CreateOptions,
  createSandbox,
  type MountOption,
  type Sandbox,
  SandboxError,
  type SandboxEvent,
} from "@nanoclaw/sandbox";
import type { Capacity, Slot } from "../capacity/slot.js";
import type { Group } from "../group.js";
import type { Installation } from "../installation.js";
import { labelNames } from "../labels.js";
import type { Choice } from "../policy/decision.js";
import type { Router } from "../policy/router.js";

/** What every way in needs to open a sandbox for a group. */
export interface Host {
  readonly installation: Installation;
  readonly router: Router;
  readonly capacity: Capacity;
}

export interface GroupSandboxOptions {
  readonly group: Group;
  /** Default: the decision's, then the adapter's. */
  readonly image?: string;
  readonly mounts?: readonly MountOption[];
  readonly env?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly workdir?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly name?: string;
  /** Whether the guest is macOS, of which a machine runs two. Default: true in Tart. */
  readonly macOS?: boolean;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: SandboxEvent) => void;
}

export type Outcome = Parameters<Slot["end"]>[0];

/** A sandbox of a group, with its place in the queue. */
export interface GroupSandbox {
  readonly sandbox: Sandbox;
  readonly choice: Choice;
  readonly queuedMs: number;
  /** Ends sandbox and place, however far it came. With `keep` on failure, a failed one is left to be looked into. */
  close(outcome: Outcome): Promise<void>;
}

/**
 * Decides, waits for a place, and makes the sandbox.
 *
 * @throws SandboxError whatever of these three fails; nothing is left then, the place included.
 */
export async function openGroupSandbox(host: Host, options: GroupSandboxOptions): Promise<GroupSandbox> {
  const { group, macOS, signal } = options;
  const decision = await host.router.decide(group);
  const choice = await host.router.choose(decision, { signal });
  const { memoryMiB, cpuCount } = decision.limits;
  const need = { folder: group.folder, runtime: choice.runtime, memoryMiB, cpuCount, macOS };
  const slot = await host.capacity.admit(need, { timeoutMs: decision.queueMs, signal });
  try {
    const provider = await host.router.provider(choice.runtime);
    const sandbox = await createSandbox(provider, createOptions(host, choice, options));
    return {
      sandbox,
      choice,
      queuedMs: slot.queuedMs,
      close: async (outcome) => {
        try {
          const { on, ttlMs } = decision.keep;
          // Whoever stops a run wants it gone.
          const failed = outcome === "failed" || outcome === "timeout";
          const kept = failed && on === "failure" && sandbox.capabilities.keep;
          if (kept) await sandbox.keep({ ttlMs });
          await sandbox[Symbol.asyncDispose]();
        } finally {
          await slot.end(outcome);
          await slot[Symbol.asyncDispose]();
        }
      },
    };
  } catch (error) {
    await slot.end(SandboxError.is(error, "aborted") ? "aborted" : "boot-failed");
    await slot[Symbol.asyncDispose]();
    throw error;
  }
}

function createOptions(
  { installation }: Host,
  { decision }: Choice,
  options: GroupSandboxOptions,
): CreateOptions {
  const { image = decision.image, mounts = [], env, secrets, user, workdir, name, signal, onEvent } = options;
  return {
    image,
    name,
    env,
    secrets,
    user,
    workdir,
    mounts: [...mounts],
    limits: decision.limits,
    network: decision.network,
    labels: {
      ...options.labels,
      [labelNames.installation]: installation.slug,
      [labelNames.folder]: decision.folder,
    },
    signal,
    onEvent,
    timeoutMs: decision.timeouts.bootMs,
  };
}

import {
  type CreateOptions,
  createSandbox,
  type MountOption,
  type Sandbox,
  SandboxError,
  type SandboxEvent,
  type SandboxProvider,
} from "@nanoclaw/sandbox";
import type { Capacity, Slot } from "../capacity/slot.js";
import { missingImage } from "../engines/missing-image.js";
import type { Group } from "../group.js";
import type { Installation } from "../installation.js";
import { labelNames } from "../labels.js";
import type { Choice, Decision } from "../policy/decision.js";
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
  /** What depends on the engine that was chosen, such as its way with mounts. What it gives wins. */
  readonly prepare?: (choice: Choice, provider: SandboxProvider) => Promise<EngineOptions>;
}

export type EngineOptions = Pick<GroupSandboxOptions, "mounts" | "env" | "secrets" | "workdir">;

export type Outcome = Parameters<Slot["end"]>[0];

/** A failed sandbox that was left to be looked into. */
export interface KeptSandbox {
  readonly id: string;
  readonly ttlMs: number;
  /** The command that gets in, for a person. */
  readonly enter: string;
  readonly remove: string;
}

/** A sandbox of a group, with its place in the queue. */
export interface GroupSandbox {
  readonly sandbox: Sandbox;
  readonly choice: Choice;
  readonly queuedMs: number;
  /**
   * Ends sandbox and place, however far it came. With `keep` on failure, a failed one is left to be looked into, and
   * given back. A second call gives what the first gave.
   *
   * @throws SandboxError when something may still be there.
   */
  close(outcome: Outcome): Promise<KeptSandbox | undefined>;
}

/**
 * Decides, waits for a place, and makes the sandbox.
 *
 * @throws SandboxError whatever of these three fails; nothing is left then, the place included.
 */
export async function openGroupSandbox(host: Host, options: GroupSandboxOptions): Promise<GroupSandbox> {
  const { group, macOS, signal } = options;
  const choice = await host.router.choose(await host.router.decide(group), { signal });
  const { decision } = choice;
  const { memoryMiB, cpuCount } = decision.limits;
  const need = { folder: group.folder, runtime: choice.runtime, memoryMiB, cpuCount, macOS };
  const slot = await host.capacity.admit(need, { timeoutMs: decision.queueMs, signal });
  let sandbox: Sandbox;
  try {
    const provider = await host.router.provider(choice.runtime);
    const forEngine = await options.prepare?.(choice, provider);
    signal?.throwIfAborted();
    const asked = { ...options, ...forEngine };
    sandbox = await createSandbox(provider, createOptions(host, choice, asked)).catch((error: unknown) => {
      throw asked.image === undefined ? missingImage(error, choice.runtime, decision.image) : error;
    });
  } catch (error) {
    await leave(slot, signal?.aborted ? "aborted" : outcomeOf(error));
    throw error;
  }
  let closing: Promise<KeptSandbox | undefined> | undefined;
  const close = async (outcome: Outcome): Promise<KeptSandbox | undefined> => {
    try {
      return await endSandbox(sandbox, decision, outcome);
    } finally {
      await leave(slot, outcome);
    }
  };
  return {
    sandbox,
    choice,
    queuedMs: slot.queuedMs,
    close: (outcome) => {
      closing ??= close(outcome);
      return closing;
    },
  };
}

/** The place is given back even when the end of the run cannot be counted. */
async function leave(slot: Slot, outcome: Outcome): Promise<void> {
  try {
    await slot.end(outcome);
  } finally {
    await slot[Symbol.asyncDispose]();
  }
}

function outcomeOf(error: unknown): Outcome {
  return SandboxError.is(error, "aborted") ? "aborted" : "boot-failed";
}

async function endSandbox(
  sandbox: Sandbox,
  { keep: { on, ttlMs } }: Decision,
  outcome: Outcome,
): Promise<KeptSandbox | undefined> {
  const failed = outcome === "failed" || outcome === "timeout";
  if (!failed || on !== "failure" || !sandbox.capabilities.keep) {
    await sandbox.destroy();
    return undefined;
  }
  try {
    await sandbox.keep({ ttlMs });
  } catch {
    // It may be the very thing that failed. What cannot be kept must at least be gone, and that is told.
    await sandbox.destroy();
    return undefined;
  }
  await sandbox.detach();
  const engine = `--engine ${sandbox.provider}`;
  return {
    id: sandbox.id,
    ttlMs,
    enter: `npx @nanoclaw/sandbox-cli exec ${engine} -it ${sandbox.id} sh`,
    remove: `npx @nanoclaw/sandbox-cli rm ${engine} ${sandbox.id}`,
  };
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

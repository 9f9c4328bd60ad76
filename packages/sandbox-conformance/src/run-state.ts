import { randomBytes } from "node:crypto";
import {
  type CreateOptions,
  createSandbox,
  listSandboxes,
  type Sandbox,
  type SandboxEvent,
  type SandboxProvider,
  type SandboxSummary,
} from "@nanoclaw/sandbox";
import type { Capabilities } from "@nanoclaw/sandbox/adapter";
import type { Run } from "./check.js";
import type { Target } from "./target.js";

const labelName = "nanoclaw-conformance";

/** What lives from the first check of a run to its last. */
export class RunState implements Run {
  readonly provider: SandboxProvider;
  /** As declared in the beginning: what counts is what a caller saw before the first call. */
  readonly capabilities: Capabilities;
  readonly label = { [labelName]: randomBytes(8).toString("hex") };
  readonly events: SandboxEvent[] = [];
  readonly unhandled: unknown[] = [];
  leftoversBefore: readonly string[] = [];
  readonly #target: Target;
  readonly #tools = new Map<string, boolean>();
  readonly #onUnhandled = (reason: unknown): void => void this.unhandled.push(reason);
  #shared: Promise<Sandbox> | undefined;

  constructor(target: Target) {
    this.#target = target;
    this.provider = target.provider();
    this.capabilities = this.provider.capabilities;
  }

  async open(): Promise<void> {
    process.on("unhandledRejection", this.#onUnhandled);
    this.leftoversBefore = (await this.#target.leftovers?.()) ?? [];
  }

  async close(): Promise<void> {
    try {
      await this.dropShared();
    } finally {
      process.off("unhandledRejection", this.#onUnhandled);
    }
  }

  options(options: CreateOptions = {}): CreateOptions {
    const { create = {} } = this.#target;
    return {
      ...create,
      ...options,
      // Wrong ones go on as they are: to be refused is what they are there for.
      labels: isRecord(options.labels)
        ? { ...create.labels, ...options.labels, ...this.label }
        : options.labels,
      onEvent:
        options.onEvent === undefined || typeof options.onEvent === "function"
          ? (event) => {
              this.events.push(event);
              options.onEvent?.(event);
            }
          : options.onEvent,
    };
  }

  shared(): Promise<Sandbox> {
    this.#shared ??= createSandbox(this.provider, this.options());
    return this.#shared;
  }

  async dropShared(): Promise<void> {
    const shared = this.#shared;
    this.#shared = undefined;
    // One that could not be made has told its check already.
    const sandbox = await shared?.catch(() => undefined);
    await sandbox?.destroy();
  }

  async sandboxes(): Promise<SandboxSummary[]> {
    const all = await listSandboxes(this.provider);
    return all.filter(({ labels }) => labels[labelName] === this.label[labelName]);
  }

  /** Whether the guest has a program. Asked once for each. */
  async hasTool(name: string): Promise<boolean> {
    let has = this.#tools.get(name);
    if (has === undefined) {
      const sandbox = await this.shared();
      has = (await sandbox.exec(`command -v ${name}`)).exitCode === 0;
      this.#tools.set(name, has);
    }
    return has;
  }
}

function isRecord(value: unknown): boolean {
  return value === undefined || (typeof value === "object" && value !== null && !Array.isArray(value));
}

import {
  listSandboxes,
  removeSandbox,
  SandboxError,
  type SandboxProvider,
  type SandboxSummary,
} from "@nanoclaw/sandbox";
import type { SessionExecSpec, SessionHandle, SessionKey, SessionPhase, SessionStatus } from "./contract.js";
import type { DriverLog } from "./driver-log.js";
import { failureError, failureOf } from "./session-failure.js";

export interface FoundSessionOptions {
  readonly key: SessionKey;
  readonly sandbox: SandboxSummary;
  readonly provider: SandboxProvider;
  readonly log: DriverLog;
  readonly execSpec: (command: readonly string[]) => SessionExecSpec;
}

/** A session whose sandbox was found by its labels: another program's, or what a dead one has left. */
export class FoundSession implements SessionHandle {
  readonly key: SessionKey;
  readonly name: string;
  readonly #options: FoundSessionOptions;

  constructor(options: FoundSessionOptions) {
    this.key = options.key;
    this.name = options.sandbox.name ?? options.sandbox.id;
    this.#options = options;
  }

  get sandboxId(): string {
    return this.#options.sandbox.id;
  }

  /** It is for whoever made it to start it; one that runs is started. */
  async start(): Promise<void> {
    const { phase } = await this.status();
    if (phase !== "running") throw failureError({ kind: "started-then-died", retryable: false });
  }

  async status(): Promise<SessionStatus> {
    const { provider, sandbox, log } = this.#options;
    try {
      const all = await listSandboxes(provider);
      const found = all.find(({ id }) => id === sandbox.id);
      if (found === undefined) return { phase: "stopped" };
      const phase = phaseOf(found);
      if (phase === "terminal") return { phase: "stopped" };
      return { phase: phase === "starting" ? "preparing" : "running" };
    } catch (error) {
      const failure = failureOf(error, log, { session: this.key.sessionId, sandbox: sandbox.id });
      await log.written();
      throw failureError(failure);
    }
  }

  /** At once: how long its agent may take to end is known to the program that started it. */
  async stop(reason: string): Promise<void> {
    const { provider, sandbox, log } = this.#options;
    const about = { session: this.key.sessionId, sandbox: sandbox.id };
    log.write("stop", { ...about, reason });
    try {
      await removeSandbox(provider, sandbox.id);
    } catch (error) {
      if (SandboxError.is(error, "sandbox_not_found")) return;
      throw failureError(failureOf(error, log, about));
    } finally {
      await log.written();
    }
  }

  execSpec(command: string[]): SessionExecSpec {
    return this.#options.execSpec(command);
  }
}

/**
 * One whose owner is dead is at its end: its leash takes it away, or `stop` does. One that was kept on purpose, by another
 * part than this, ends when its time is up.
 */
export function phaseOf({ state, orphaned, ownerAlive, kept }: SandboxSummary): SessionPhase {
  if (orphaned || state === "ended" || (ownerAlive === false && !kept)) return "terminal";
  return state === "created" ? "starting" : "running";
}

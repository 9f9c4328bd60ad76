import { constants } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import type { ProcessResult, SandboxEvent, SandboxProcess } from "@nanoclaw/sandbox";
import type { GroupSandbox, Outcome } from "../run/group-sandbox.js";
import type { RunLimits } from "../run/run-limits.js";
import type {
  SessionExecSpec,
  SessionFailure,
  SessionHandle,
  SessionKey,
  SessionPhase,
  SessionStatus,
} from "./contract.js";
import { CorruptionBreaker } from "./corruption-breaker.js";
import type { DriverLog } from "./driver-log.js";
import { LastLines } from "./last-lines.js";
import { failureError, failureOf } from "./session-failure.js";

export interface OwnSessionOptions {
  readonly key: SessionKey;
  readonly name: string;
  readonly group: GroupSandbox;
  readonly argv: readonly string[];
  /** The agent's own, beside the sandbox's. In nothing that an engine keeps. */
  readonly env: Readonly<Record<string, string>>;
  readonly stopGraceMs: number;
  /** Starts the limits of the policy, which tell when one is passed. */
  readonly limits: (onPassed: (words: string) => void) => RunLimits;
  readonly log: DriverLog;
  readonly execSpec: (command: readonly string[]) => SessionExecSpec;
  /** Called once, when all of it is gone and `status` tells how it ended. */
  readonly onEnd: (session: OwnSession) => void;
}

/** A session of this program: its sandbox is there, and the agent runs in it once it is started. */
export class OwnSession implements SessionHandle {
  readonly key: SessionKey;
  readonly name: string;
  readonly #options: OwnSessionOptions;
  /** Aborted when the agent has ended. */
  readonly #agentEnded = new AbortController();
  #starting: Promise<void> | undefined;
  #process: SandboxProcess | undefined;
  #stopping: Promise<void> | undefined;
  #timedOut = false;
  #closed: "no" | "partly" | "yes" = "no";
  #final: SessionStatus | undefined;

  constructor(options: OwnSessionOptions) {
    this.key = options.key;
    this.name = options.name;
    this.#options = options;
  }

  get sandboxId(): string {
    return this.#options.group.sandbox.id;
  }

  get isOver(): boolean {
    return this.#final !== undefined;
  }

  get isStopping(): boolean {
    return this.#stopping !== undefined;
  }

  get phase(): SessionPhase {
    if (this.#final !== undefined) return "terminal";
    return this.#process === undefined ? "starting" : "running";
  }

  /** @throws When the agent's program could not be started. Nothing of the session is left then. */
  async start(): Promise<void> {
    this.#starting ??= this.#start();
    await this.#starting;
  }

  async status(): Promise<SessionStatus> {
    return this.#final ?? { phase: this.#process === undefined ? "ready" : "running" };
  }

  /**
   * Asks the agent to end, waits as long as the host allows, and removes the sandbox. Returns when the engine no longer
   * knows it. May be called again, after a failure too.
   */
  async stop(reason: string): Promise<void> {
    this.#stopping ??= this.#stop(reason).catch(async (error: unknown) => {
      this.#stopping = undefined;
      const failure = failureOf(error, this.#options.log, this.#about);
      await this.#options.log.written();
      throw failureError(failure);
    });
    await this.#stopping;
  }

  execSpec(command: string[]): SessionExecSpec {
    return this.#options.execSpec(command);
  }

  /** What the sandbox tells of itself. */
  heard(event: SandboxEvent): void {
    const { log } = this.#options;
    if (event.type === "warning" || event.type === "cleanup-failed") {
      log.write(event.type, { ...this.#about, message: event.message });
    }
    // With an agent in it, the agent's end tells.
    if (event.type === "sandbox-lost" && this.#starting === undefined) {
      const failure: SessionFailure = { kind: "started-then-died", retryable: false };
      log.write("sandbox-lost", { ...this.#about, message: event.message });
      void this.#end({ phase: "failed", failure }, "failed");
    }
  }

  get #about(): Record<string, unknown> {
    return { session: this.key.sessionId, group: this.key.agentGroupId, sandbox: this.sandboxId };
  }

  async #start(): Promise<void> {
    const { group, argv, env, log } = this.#options;
    if (this.#final !== undefined || this.#stopping !== undefined) {
      throw failureError({ kind: "started-then-died", retryable: false });
    }
    try {
      this.#process = await group.sandbox.spawn(argv, { env: { ...env }, stdin: false });
    } catch (error) {
      const failure = failureOf(error, log, this.#about);
      await this.#end({ phase: "failed", failure }, "failed");
      throw failureError(failure);
    }
    void this.#supervise(this.#process);
  }

  async #supervise(process: SandboxProcess): Promise<void> {
    const { group, env, log, limits } = this.#options;
    const isVm = group.sandbox.capabilities.isolation === "vm";
    const breaker = new CorruptionBreaker(() => {
      log.write("databases-damaged", this.#about);
      process.kill().catch((error: unknown) => log.writeError(error, this.#about));
    });
    const lines = new LastLines((line) => isVm && breaker.line(line));
    const held = limits((words) => void this.#timeOut(process, words));
    let final: SessionStatus;
    try {
      for await (const { stream, data } of process) {
        held.wrote(stream, data);
        if (stream === "stderr") lines.add(data);
      }
      const result = await process.wait();
      final = statusAfter(result);
      if (final.phase === "failed") {
        const { exitCode, signal, outOfMemory } = result;
        const lastLines = lines.told(Object.values(env));
        log.write("agent-ended", { ...this.#about, exitCode, signal, outOfMemory, lastLines });
      }
    } catch (error) {
      final = { phase: "failed", failure: failureOf(error, log, this.#about) };
    }
    held.stop();
    this.#agentEnded.abort();
    if (this.#stopping !== undefined) return;
    const outcome = final.phase === "failed" ? "failed" : "answered";
    await this.#end(final, this.#timedOut ? "timeout" : outcome);
  }

  async #timeOut(process: SandboxProcess, words: string): Promise<void> {
    if (this.#stopping !== undefined) return;
    const { log } = this.#options;
    this.#timedOut = true;
    log.write("time-limit", { ...this.#about, message: words });
    await this.#askToEnd(process);
    await process.kill().catch((error: unknown) => log.writeError(error, this.#about));
  }

  /** Returns when the agent has ended, or has had the time that the host gives it for that. */
  async #askToEnd(process: SandboxProcess): Promise<void> {
    const { log, stopGraceMs } = this.#options;
    if (stopGraceMs === 0) return;
    // An agent that cannot be reached any more is ended with its sandbox.
    await process.kill("SIGTERM").catch((error: unknown) => log.writeError(error, this.#about));
    // Ends early with the agent.
    await delay(stopGraceMs, undefined, { signal: this.#agentEnded.signal }).catch(() => undefined);
  }

  async #stop(reason: string): Promise<void> {
    const { log } = this.#options;
    if (this.#final !== undefined && this.#closed === "yes") return;
    log.write("stop", { ...this.#about, reason });
    await this.#starting?.catch(() => undefined);
    if (this.#process !== undefined) await this.#askToEnd(this.#process);
    await this.#close("answered");
    await log.written();
    this.#finish({ phase: "stopped" });
  }

  /** The session has ended by itself. */
  async #end(final: SessionStatus, outcome: Outcome): Promise<void> {
    let told = final;
    try {
      await this.#close(outcome);
    } catch (error) {
      // Something may still be there, which `stop` tries again.
      told = { phase: "failed", failure: failureOf(error, this.#options.log, this.#about) };
    }
    await this.#options.log.written();
    this.#finish(told);
  }

  async #close(outcome: Outcome): Promise<void> {
    const { group } = this.#options;
    const before = this.#closed;
    if (before === "yes") return;
    this.#closed = "partly";
    // The place in the queue ended with the first try; what is tried again is the sandbox.
    if (before === "no") await group.close(outcome);
    else await group.sandbox.destroy();
    this.#closed = "yes";
  }

  #finish(final: SessionStatus): void {
    if (this.#final !== undefined) return;
    this.#final = final;
    this.#options.onEnd(this);
  }
}

/** An exit with 0 is an end; anything else is told by the code that a shell would give. */
function statusAfter({ exitCode, signal }: ProcessResult): SessionStatus {
  if (exitCode === 0) return { phase: "stopped" };
  const number = signal === null ? undefined : constants.signals[signal as NodeJS.Signals];
  const code = exitCode ?? (number === undefined ? undefined : 128 + number);
  return { phase: "failed", failure: { kind: "started-then-died", retryable: false, exitCode: code } };
}

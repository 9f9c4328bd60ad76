import { randomBytes, randomUUID } from "node:crypto";
import {
  type ProcessExit,
  type Sandbox,
  SandboxError,
  type SandboxErrorCode,
  type SandboxProcess,
} from "@nanoclaw/sandbox";
import { AnswerReader } from "../agents/answer-reader.js";
import type { AgentProfile } from "../agents/profile.js";
import { profiles } from "../agents/profiles.js";
import type { Group } from "../group.js";
import { type GroupSandbox, type Host, type Outcome, openGroupSandbox } from "../run/group-sandbox.js";
import { type Ending, RunEnd } from "../run/run-end.js";
import { AgentHandle } from "./agent-handle.js";
import { readBundle, writeBundle } from "./bundle.js";
import { type ContainerInput, type ContainerOutput, parseOutput } from "./container-io.js";
import { Delivery } from "./delivery.js";
import { groupMounts } from "./group-mounts.js";
import { MarkerReader } from "./marker-reader.js";
import type { GroupAgentOptions, GroupAgentResult } from "./options.js";
import { redactor } from "./redaction.js";
import { writeRunLog } from "./run-log.js";
import { readSecrets } from "./secrets.js";
import { Tail } from "./tail.js";

const defaultOutputBytes = 10 * 1024 * 1024;
const stderrBytes = 64 * 1024;
/** What upstream shows of standard error. */
const shownErrorCharacters = 200;
const guestHome = "/home/node";

/** One turn, from its decision to its log. */
export class Turn {
  readonly #host: Host;
  readonly #group: Group;
  readonly #input: ContainerInput;
  readonly #options: GroupAgentOptions;
  readonly #end = new RunEnd();
  readonly #handle: AgentHandle;
  readonly #delivery: Delivery;
  readonly #notices: string[] = [];
  readonly #stderr = new Tail(stderrBytes);
  #redact: (text: string) => string = (text) => text;
  /** Of an agent that was ended from here, or never began: as of one that was killed. */
  #exit: ProcessExit = { exitCode: null, signal: "SIGKILL" };

  constructor(host: Host, group: Group, input: ContainerInput, options: GroupAgentOptions) {
    this.#host = host;
    this.#group = group;
    this.#input = input;
    this.#options = options;
    this.#delivery = new Delivery(options.onOutput);
    this.#handle = new AgentHandle(() => this.#end.end({ why: "killed" }));
  }

  async run(): Promise<GroupAgentResult> {
    const { signal, bundle, onProcess, secrets: secretOptions } = this.#options;
    const { installation, router } = this.#host;
    const decision = await router.decide(this.#group);
    const profile = profiles[decision.agent];
    const files = await readBundle(bundle?.files ?? [], bundle?.limits);
    const secrets = await readSecrets(profile, installation, secretOptions);
    this.#redact = redactor(secrets);
    const name = `nanoclaw-${this.#group.folder.slice(0, 40)}-${randomBytes(6).toString("hex")}`;
    const onAbort = (): void => this.#end.end({ why: "aborted" });
    if (signal?.aborted) onAbort();
    signal?.addEventListener("abort", onAbort, { once: true });
    const startedAt = new Date();
    let outcome: Outcome = "failed";
    let result: GroupAgentResult;
    let opened: GroupSandbox | undefined;
    try {
      onProcess?.(this.#handle, name);
      opened = await this.#open(profile, secrets, name);
      await writeBundle(opened.sandbox, files, this.#end.signal);
      result = await this.#talk(opened, profile, secrets);
    } catch (error) {
      result = this.#failed(error, opened !== undefined);
    } finally {
      this.#end.stop();
      signal?.removeEventListener("abort", onAbort);
    }
    outcome = this.#outcome(result);
    if (opened) result = { ...result, ...(await this.#close(opened, outcome)) };
    await this.#delivery.close();
    if (this.#delivery.failure !== undefined) {
      const words = `The answer could not be delivered: ${messageOf(this.#delivery.failure)}`;
      result = { ...result, status: "error", error: this.#redact(words) };
    }
    const log = await this.#log(result, outcome, startedAt, opened);
    this.#handle.closed(this.#exit.exitCode, this.#exit.signal);
    return log === undefined ? result : { ...result, log };
  }

  async #open(profile: AgentProfile, secrets: Record<string, string>, name: string): Promise<GroupSandbox> {
    const { mode = { kind: "protocol" }, user, keepSessions = true } = this.#options;
    const isProtocol = mode.kind === "protocol";
    return await openGroupSandbox(this.#host, {
      group: this.#group,
      name,
      user,
      signal: this.#end.signal,
      onEvent: (event) => {
        if (event.type === "warning" || event.type === "cleanup-failed") this.#tell(event.message);
      },
      prepare: async ({ runtime }, provider) => {
        const workspace = workspaceOf(runtime, isProtocol);
        const target = isProtocol ? `${guestHome}/.claude` : `${workspace}/state`;
        const directory = isProtocol ? ".claude" : profile.state.directory;
        const { mounts, notices } = await groupMounts({
          installation: this.#host.installation,
          group: this.#group,
          provider,
          workspace,
          state: keepSessions ? { directory, target } : undefined,
          agentRunner: isProtocol,
        });
        for (const notice of notices) this.#tell(notice);
        const env: Record<string, string> = isProtocol ? { HOME: guestHome } : { ...profile.environment };
        if (!isProtocol && keepSessions)
          for (const variable of profile.state.variables) env[variable] = target;
        if (process.env.TZ) env.TZ = process.env.TZ;
        Object.assign(env, this.#options.env);
        // By the protocol they are in its input, and in no environment.
        return { mounts, env, secrets: isProtocol ? undefined : secrets };
      },
    });
  }

  async #talk(
    { sandbox, choice }: GroupSandbox,
    profile: AgentProfile,
    secrets: Record<string, string>,
  ): Promise<GroupAgentResult> {
    const { mode = { kind: "protocol" }, keepSessions = true } = this.#options;
    const { runMs } = choice.decision.timeouts;
    const cwd = `${workspaceOf(choice.runtime, mode.kind === "protocol")}/group`;
    const sessionId = this.#sessionId(keepSessions);
    const newSessionId = randomUUID();
    if (mode.kind === "cli" && profile.refusesRoot) await this.#checkUser(sandbox, profile);
    const argv =
      mode.kind === "protocol"
        ? (mode.entrypoint ?? choice.decision.entrypoint ?? ["/app/entrypoint.sh"])
        : profile.command({ sessionId, newSessionId });
    const process = await sandbox.spawn(argv, { cwd, signal: this.#end.signal });
    this.#end.restart("run", runMs);
    if (mode.kind === "protocol") {
      const { sessionId: _dropped, ...input } = this.#input;
      write(process, JSON.stringify({ ...input, ...(sessionId ? { sessionId } : {}), secrets }));
      return await this.#readMarkers(process, choice.decision.timeouts);
    }
    write(process, this.#input.prompt);
    const takenId = profile.takesNewSessionId ? (sessionId ?? newSessionId) : undefined;
    return await this.#readAnswer(process, profile, choice.decision.timeouts.idleMs, takenId);
  }

  /** The id of the conversation before, where that is still there: an agent fails for one that it does not find. */
  #sessionId(keepSessions: boolean): string | undefined {
    const { sessionId } = this.#input;
    if (sessionId === undefined || keepSessions) return sessionId;
    this.#tell("The session id was dropped: conversations are not kept, so that it would not be found.");
    return undefined;
  }

  async #checkUser(sandbox: Sandbox, { agent }: AgentProfile): Promise<void> {
    const { stdout } = await sandbox.exec(["id", "-u"], { signal: this.#end.signal });
    if (stdout.trim() !== "0") return;
    throw new SandboxError("permission_denied", `${agent} does not skip its permission prompts for root.`, {
      hint: 'Name a user of the image, as in { user: "node" }, or take an image whose user is not root.',
    });
  }

  async #readMarkers(
    process: SandboxProcess,
    { runMs, idleMs }: { readonly runMs: number; readonly idleMs: number },
  ): Promise<GroupAgentResult> {
    const reader = new MarkerReader(this.#options.maxOutputBytes ?? defaultOutputBytes);
    const take = async (outputs: readonly ContainerOutput[]): Promise<void> => {
      for (const output of outputs) {
        this.#end.restart("run", runMs);
        this.#end.restart("idle", idleMs);
        await this.#untilEnd(this.#delivery.deliver(output));
      }
    };
    const exit = await this.#read(process, async (data) => await take(reader.push(data)));
    await take(reader.end());
    if (reader.invalidPairs > 0)
      this.#tell(`${reader.invalidPairs} answers of the agent-runner were no answers.`);
    if (exit) return exit;
    const { first, streams, sessionId } = this.#delivery;
    if (streams) return withSession({ status: "success", result: null }, sessionId);
    const output = first ?? (reader.invalidPairs > 0 ? undefined : parseOutput(reader.lastLine));
    return (
      output ?? {
        status: "error",
        result: null,
        error: "Failed to parse container output: it has no answer.",
      }
    );
  }

  async #readAnswer(
    process: SandboxProcess,
    profile: AgentProfile,
    idleMs: number,
    takenId: string | undefined,
  ): Promise<GroupAgentResult> {
    const reader = new AnswerReader(profile, this.#options.maxOutputBytes ?? defaultOutputBytes);
    this.#end.restart("idle", idleMs);
    const exit = await this.#read(process, (data) => {
      this.#end.restart("idle", idleMs);
      reader.push(data);
    });
    reader.end();
    if (reader.invalidLines > 0)
      this.#tell(`${reader.invalidLines} lines of ${profile.agent} were no messages.`);
    const session = reader.sessionId ?? takenId;
    const fail = (error: string): GroupAgentResult =>
      withSession({ status: "error", result: null, error: this.#redact(error) }, session);
    if (reader.error !== undefined) return fail(reader.error);
    if (exit) return withSession(exit, session);
    const finished = profile.finishesByExit ? reader.answer !== "" : reader.finished;
    if (!finished) return fail(`${profile.agent} ended without saying that the turn is over.`);
    const answer = withSession({ status: "success", result: reader.answer }, session);
    await this.#delivery.deliver(answer);
    return this.#delivery.streams ? { ...answer, result: null } : answer;
  }

  /** Reads to the end. Gives a result when the process did not end well. */
  async #read(
    process: SandboxProcess,
    take: (data: Uint8Array) => Promise<void> | void,
  ): Promise<GroupAgentResult | undefined> {
    try {
      for await (const { stream, data } of process) {
        this.#handle[stream].emit("data", Buffer.from(data));
        if (stream === "stderr") this.#stderr.push(data);
        else await take(data);
      }
    } catch (error) {
      if (!this.#end.ending) await this.#fail(process, error);
      throw error;
    }
    const { exitCode, signal, outOfMemory } = await process.wait();
    this.#end.stop();
    this.#exit = { exitCode, signal };
    if (exitCode === 0) return undefined;
    const how = signal ? `was ended by ${signal}` : `exited with code ${exitCode}`;
    const memory = outOfMemory ? " (out of memory)" : "";
    const words = this.#redact(this.#stderr.text).slice(-shownErrorCharacters);
    return { status: "error", result: null, error: `Container ${how}${memory}: ${words}` };
  }

  /** What the reading cannot go on with ends the agent, too. */
  async #fail(process: SandboxProcess, error: unknown): Promise<void> {
    this.#end.end({ why: "failed", error });
    await process.wait().catch(() => undefined);
  }

  /** Waits for a delivery, and not longer than the run has: its sandbox ends on time whatever the host does. */
  async #untilEnd(delivering: Promise<void>): Promise<void> {
    const { signal } = this.#end;
    const { promise, stop } = whenAborted(signal);
    await Promise.race([delivering, promise]);
    stop();
    signal.throwIfAborted();
  }

  #failed(error: unknown, wasOpen: boolean): GroupAgentResult {
    const { ending } = this.#end;
    const cause = ending?.why === "failed" ? ending.error : error;
    const session = this.#delivery.sessionId;
    const fail = (words: string, code?: SandboxErrorCode): GroupAgentResult =>
      withSession({ status: "error", result: null, error: this.#redact(words), code }, session);
    if (ending && ending.why !== "failed") {
      const delivered = this.#delivery.count > 0;
      if (isLimit(ending)) {
        // The agent had answered, and waited for more: that is the end of an idle run, not a failure.
        if (delivered) return withSession(this.#delivered(), session);
        return fail(`Container timed out after ${ending.limitMs}ms`, "timeout");
      }
      return fail(ending.why === "killed" ? "Container was killed." : "The run was aborted.", "aborted");
    }
    const code = SandboxError.is(cause) ? cause.code : undefined;
    const hint = SandboxError.is(cause) && cause.hint ? ` ${cause.hint}` : "";
    const words = `${messageOf(cause)}${hint}`;
    this.#handle.failed(new Error(this.#redact(words)));
    return fail(wasOpen ? words : `Container spawn error: ${words}`, code);
  }

  #delivered(): ContainerOutput {
    const { streams, first } = this.#delivery;
    return streams || !first ? { status: "success", result: null } : first;
  }

  #outcome({ status, code }: GroupAgentResult): Outcome {
    if (status === "success") return "answered";
    if (code === "timeout") return "timeout";
    return code === "aborted" ? "aborted" : "failed";
  }

  async #close(opened: GroupSandbox, outcome: Outcome): Promise<Partial<GroupAgentResult>> {
    const { keep } = opened.choice.decision;
    try {
      const kept = await opened.close(outcome);
      if (kept) {
        this.#tell(`The sandbox is kept for ${Math.round(kept.ttlMs / 1000)} s. Look inside: ${kept.enter}`);
        return { kept };
      }
      if (keep.on === "failure" && (outcome === "failed" || outcome === "timeout")) {
        this.#tell(
          `The sandbox is gone: ${opened.choice.runtime} cannot keep one, or this one could not be kept.`,
        );
      }
      return {};
    } catch (error) {
      const cleanupError = this.#redact(messageOf(error));
      this.#tell(`Something of the sandbox ${opened.sandbox.id} may still be there: ${cleanupError}`);
      return { cleanupError };
    }
  }

  async #log(
    result: GroupAgentResult,
    outcome: Outcome,
    startedAt: Date,
    opened: GroupSandbox | undefined,
  ): Promise<string | undefined> {
    const { status, error, code, kept, cleanupError } = result;
    try {
      return await writeRunLog(this.#host.installation, this.#group.folder, {
        startedAt: startedAt.toISOString(),
        durationMs: Date.now() - startedAt.getTime(),
        queuedMs: opened?.queuedMs,
        runtime: opened?.choice.runtime,
        sandbox: opened?.sandbox.id,
        scheduled: this.#input.isScheduledTask ?? false,
        answers: this.#delivery.count,
        outcome,
        status,
        code,
        error,
        kept,
        cleanupError,
        notices: this.#notices,
        stderr: status === "error" ? this.#redact(this.#stderr.text) : undefined,
      });
    } catch (failure) {
      this.#tell(`The run could not be logged: ${messageOf(failure)}`);
      return undefined;
    }
  }

  #tell(notice: string): void {
    const words = this.#redact(notice);
    this.#notices.push(words);
    this.#options.onNotice?.(words);
  }
}

/** `/workspace` is NanoClaw's own. macOS does not let a guest make it, and agents that stand alone do not need it. */
function workspaceOf(runtime: string, isProtocol: boolean): string {
  return runtime === "tart" && !isProtocol ? "/tmp/workspace" : "/workspace";
}

/** An agent that ends without having read all is told by its exit. */
function write(process: SandboxProcess, text: string): void {
  process.stdin.on("error", () => undefined);
  process.stdin.end(text);
}

function withSession<T extends ContainerOutput>(output: T, newSessionId: string | undefined): T {
  return newSessionId === undefined ? output : { ...output, newSessionId };
}

function isLimit(ending: Ending): ending is Extract<Ending, { limitMs: number }> {
  return ending.why === "run" || ending.why === "idle";
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function whenAborted(signal: AbortSignal): { promise: Promise<void>; stop: () => void } {
  let stop = (): void => undefined;
  const promise = new Promise<void>((resolve) => {
    const listener = (): void => resolve();
    signal.addEventListener("abort", listener, { once: true });
    stop = () => signal.removeEventListener("abort", listener);
    if (signal.aborted) resolve();
  });
  return { promise, stop };
}

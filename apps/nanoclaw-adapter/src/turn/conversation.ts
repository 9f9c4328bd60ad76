import { randomUUID } from "node:crypto";
import { type ProcessExit, type Sandbox, SandboxError, type SandboxProcess } from "@nanoclaw/sandbox";
import { abortable } from "@nanoclaw/sandbox/adapter";
import { AnswerReader } from "../agents/answer-reader.js";
import type { AgentProfile } from "../agents/profile.js";
import type { GroupSandbox } from "../run/group-sandbox.js";
import type { RunEnd } from "../run/run-end.js";
import type { AgentHandle } from "./agent-handle.js";
import { type ContainerInput, type ContainerOutput, parseOutput, withSession } from "./container-io.js";
import type { Delivery } from "./delivery.js";
import { MarkerReader } from "./marker-reader.js";
import type { GroupAgentOptions, GroupAgentResult } from "./options.js";
import { Tail } from "./tail.js";
import { workspaceOf } from "./turn-sandbox.js";

const defaultOutputBytes = 10 * 1024 * 1024;
const stderrBytes = 64 * 1024;
/** What upstream shows of standard error. */
const shownErrorCharacters = 200;

export interface ConversationOptions {
  readonly input: ContainerInput;
  readonly options: GroupAgentOptions;
  readonly end: RunEnd;
  readonly handle: AgentHandle;
  readonly delivery: Delivery;
  redact(text: string): string;
  tell(notice: string): void;
}

/** What is said to an agent in its sandbox, and what it answers. */
export class Conversation {
  readonly #input: ContainerInput;
  readonly #options: GroupAgentOptions;
  readonly #end: RunEnd;
  readonly #handle: AgentHandle;
  readonly #delivery: Delivery;
  readonly #redact: (text: string) => string;
  readonly #tell: (notice: string) => void;
  readonly #stderr = new Tail(stderrBytes);
  /** Of an agent that was ended from here, or never began: as of one that was killed. */
  #exit: ProcessExit = { exitCode: null, signal: "SIGKILL" };

  constructor({ input, options, end, handle, delivery, redact, tell }: ConversationOptions) {
    this.#input = input;
    this.#options = options;
    this.#end = end;
    this.#handle = handle;
    this.#delivery = delivery;
    this.#redact = redact;
    this.#tell = tell;
  }

  get exit(): ProcessExit {
    return this.#exit;
  }

  /** The end of what the agent wrote to standard error. */
  get stderr(): string {
    return this.#stderr.text;
  }

  /** Starts the agent, gives it its input, and delivers its answers until it ends. */
  async hold(
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
    const { sessionId: _dropped, ...rest } = this.#input;
    const input =
      mode.kind === "protocol"
        ? JSON.stringify({ ...rest, ...(sessionId ? { sessionId } : {}), secrets })
        : this.#input.prompt;
    const process = await sandbox.spawn(argv, { cwd, input, signal: this.#end.signal });
    this.#end.restart("run", runMs);
    if (mode.kind === "protocol") return await this.#readMarkers(process, choice.decision.timeouts);
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
        // Not longer than the run has: its sandbox ends on time whatever the host does.
        await abortable(this.#delivery.deliver(output), this.#end.signal);
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
}

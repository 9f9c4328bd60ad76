import { randomBytes } from "node:crypto";
import { profiles } from "../agents/profiles.js";
import type { Group } from "../group.js";
import type { GroupSandbox, Host, Outcome } from "../run/group-sandbox.js";
import { RunEnd } from "../run/run-end.js";
import { AgentHandle } from "./agent-handle.js";
import { readBundle, writeBundle } from "./bundle.js";
import type { ContainerInput } from "./container-io.js";
import { Conversation } from "./conversation.js";
import { Delivery } from "./delivery.js";
import { messageOf, outcomeOf, resultOfFailure } from "./failure.js";
import type { GroupAgentOptions, GroupAgentResult } from "./options.js";
import { redactor } from "./redaction.js";
import { writeRunLog } from "./run-log.js";
import { readSecrets } from "./secrets.js";
import { openTurnSandbox } from "./turn-sandbox.js";

/** One turn, from its decision to its log. */
export class Turn {
  readonly #host: Host;
  readonly #group: Group;
  readonly #input: ContainerInput;
  readonly #options: GroupAgentOptions;
  readonly #end = new RunEnd();
  readonly #handle: AgentHandle;
  readonly #delivery: Delivery;
  readonly #conversation: Conversation;
  readonly #notices: string[] = [];
  #redact: (text: string) => string = (text) => text;

  constructor(host: Host, group: Group, input: ContainerInput, options: GroupAgentOptions) {
    this.#host = host;
    this.#group = group;
    this.#input = input;
    this.#options = options;
    this.#delivery = new Delivery(options.onOutput);
    this.#handle = new AgentHandle(() => this.#end.end({ why: "killed" }));
    this.#conversation = new Conversation({
      input,
      options,
      end: this.#end,
      handle: this.#handle,
      delivery: this.#delivery,
      redact: (text) => this.#redact(text),
      tell: (notice) => this.#tell(notice),
    });
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
    let result: GroupAgentResult;
    let opened: GroupSandbox | undefined;
    try {
      onProcess?.(this.#handle, name);
      opened = await openTurnSandbox({
        host: this.#host,
        group: this.#group,
        options: this.#options,
        name,
        profile,
        secrets,
        signal: this.#end.signal,
        tell: (notice) => this.#tell(notice),
      });
      await writeBundle(opened.sandbox, files, this.#end.signal);
      result = await this.#conversation.hold(opened, profile, secrets);
    } catch (error) {
      result = this.#failed(error, opened !== undefined);
    } finally {
      this.#end.stop();
      signal?.removeEventListener("abort", onAbort);
    }
    const outcome = outcomeOf(result);
    if (opened) result = { ...result, ...(await this.#close(opened, outcome)) };
    await this.#delivery.close();
    if (this.#delivery.failure !== undefined) {
      const words = `The answer could not be delivered: ${messageOf(this.#delivery.failure)}`;
      result = { ...result, status: "error", error: this.#redact(words) };
    }
    const log = await this.#log(result, outcome, startedAt, opened);
    const { exitCode, signal: endedBy } = this.#conversation.exit;
    this.#handle.closed(exitCode, endedBy);
    return log === undefined ? result : { ...result, log };
  }

  #failed(error: unknown, wasOpen: boolean): GroupAgentResult {
    const { result, fault } = resultOfFailure(error, {
      ending: this.#end.ending,
      wasOpen,
      delivery: this.#delivery,
      redact: this.#redact,
    });
    if (fault) this.#handle.failed(fault);
    return result;
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
        stderr: status === "error" ? this.#redact(this.#conversation.stderr) : undefined,
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

import { pause, SandboxError, TimeLimit } from "@nanoclaw/sandbox/adapter";
import { execa } from "execa";
import { isListRace, type Refusal, tartFailure } from "./failures.js";
import { parseVersion } from "./versions.js";
import { type ListedVm, parseFacts, parseList, type VmFacts } from "./vm-list.js";

/** For a call that takes a moment on a healthy host, in milliseconds. */
const callMs = 30_000;
/** From the request to end to the end by force of a call that was given up, in milliseconds. */
const giveUpMs = 1_000;
/** After how long a `list` that fell over a vanishing machine is tried again, in milliseconds. */
const listRetriesMs = [50, 150, 500, 500, 500];

export interface CallOptions {
  readonly signal: AbortSignal;
  /** Default: 30 000. */
  readonly timeoutMs?: number;
}

/** Tart's command line, with one directory of virtual machines. Every call has a deadline. */
export class Tart {
  readonly program: string;
  /** Tart's directory, `TART_HOME`. */
  readonly home: string;

  constructor(program: string, home: string) {
    this.program = program;
    this.home = home;
  }

  /** Of the process that calls, with what this adapter wants of Tart: images are not dropped behind the user's back. */
  get environment(): Record<string, string> {
    return { TART_HOME: this.home, TART_NO_AUTO_PRUNE: "1" };
  }

  /**
   * Runs a sub-command and returns what it prints.
   * @throws SandboxError as `tartFailure` reads its words; `engine_unavailable` without Tart, or without an answer.
   */
  async call(args: readonly string[], { signal, timeoutMs = callMs }: CallOptions): Promise<string> {
    signal.throwIfAborted();
    using limit = new TimeLimit(signal, timeoutMs);
    const result = await execa(this.program, [...args], {
      env: this.environment,
      stdin: "ignore",
      reject: false,
      stripFinalNewline: false,
      cancelSignal: limit.signal,
      // What is interrupted tidies up after itself.
      killSignal: "SIGINT",
      forceKillAfterDelay: giveUpMs,
    });
    if (!result.failed) return result.stdout;
    signal.throwIfAborted();
    const [command = ""] = args;
    if (result.isCanceled) {
      throw new SandboxError("engine_unavailable", `tart ${command} gave no answer for ${timeoutMs} ms.`, {
        hint: "Look what it waits for: ps aux | grep tart. Another `tart` may hold its lock.",
      });
    }
    if (result.code !== undefined && result.exitCode === undefined) throw this.missing(result.cause);
    const text = [result.stderr, result.stdout].filter(Boolean).join("\n");
    throw tartFailure({ command, exitCode: result.exitCode, signal: result.signal, text });
  }

  /** All virtual machines and images. */
  async list(signal: AbortSignal): Promise<ListedVm[]> {
    for (let attempt = 0; ; attempt++) {
      try {
        return parseList(await this.call(["list", "--format", "json"], { signal }));
      } catch (error) {
        const wait = listRetriesMs[attempt];
        if (wait === undefined || !isListRace(wordsOf(error))) throw error;
        await pause(wait, signal);
      }
    }
  }

  async facts(name: string, signal: AbortSignal): Promise<VmFacts> {
    return parseFacts(await this.call(["get", name, "--format", "json"], { signal }));
  }

  /** Undefined for a build without a number. */
  async version(signal: AbortSignal): Promise<string | undefined> {
    return parseVersion(await this.call(["--version"], { signal, timeoutMs: 10_000 }));
  }

  missing(cause: unknown): SandboxError {
    return new SandboxError("engine_unavailable", `${this.program} could not be started.`, {
      cause,
      hint: "Install Tart: brew install openai/tools/tart, or say where it is with tart({ program }).",
    });
  }
}

/** What `tart` said when it failed; nothing for any other error. */
export function wordsOf(error: unknown): string {
  if (!SandboxError.is(error)) return "";
  return (error.cause as Partial<Refusal> | undefined)?.text ?? "";
}

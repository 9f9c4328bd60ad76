import { findProgram, pause, SandboxError, TimeLimit } from "@nanoclaw/sandbox/adapter";
import { execa } from "execa";
import { Breaker } from "./breaker.js";
import { type Client, ClientProcess, type ClientProcessOptions } from "./client-process.js";
import { type ListedContainer, parseContainers } from "./container-list.js";
import { containerFailure, isAnswer, isBusy, isInterrupted } from "./failures.js";
import { SharedRead } from "./shared-read.js";
import { parseVersion } from "./versions.js";

/** For a call whose answer the service has ten seconds for, in milliseconds. */
const callMs = 15_000;
/** After how long a read that the service was too busy for, or gone, is made again, in milliseconds. */
const busyRetriesMs = [200, 1_000];
/** For the test of an engine that has not answered, in milliseconds. */
const testMs = 3_000;

/** Where installers put the program, though not every `PATH` has it (apple-container.md §1.3). */
const usualPlaces = ["/usr/local/bin", "/opt/homebrew/bin"];

export interface CallOptions {
  readonly signal: AbortSignal;
  /** Default: 15 000. */
  readonly timeoutMs?: number;
}

/** The command line of Apple's `container`. Every call has a deadline. */
export class ContainerCli {
  readonly program: string;
  readonly #breaker = new Breaker(() => this.#test());
  readonly #lists = new SharedRead((signal) => this.#list(signal));

  constructor(program: string) {
    this.program = program;
  }

  /**
   * Runs a sub-command and returns what it prints.
   * @throws SandboxError as `containerFailure` reads its words; `engine_unavailable` without the program, or without
   * an answer.
   */
  async call(args: readonly string[], options: CallOptions): Promise<string> {
    await this.#breaker.pass(options.signal);
    return await this.#run(args, options);
  }

  /** Starts a client that stays: its process in the guest may not have begun. */
  async open(
    args: readonly string[],
    options: ClientProcessOptions,
    signal: AbortSignal,
  ): Promise<ClientProcess> {
    await this.#breaker.pass(signal);
    return new ClientProcess(this.#start(args), options);
  }

  /** Something got no answer in time, so the next call is not made before the engine has shown that it lives. */
  gaveNoAnswer(): void {
    this.#breaker.trip();
  }

  /** All containers, those of other programs too. Asked for by many at once, they are listed once for all. */
  async list(signal: AbortSignal): Promise<ListedContainer[]> {
    return await this.#lists.join(signal);
  }

  async find(id: string, signal: AbortSignal): Promise<ListedContainer | undefined> {
    return (await this.list(signal)).find((row) => row.id === id);
  }

  /** Of the command line, which need not be the service's. Undefined for a build without a number. */
  async version(signal: AbortSignal): Promise<string | undefined> {
    return parseVersion(await this.call(["--version"], { signal, timeoutMs: 10_000 }));
  }

  async #list(signal: AbortSignal): Promise<ListedContainer[]> {
    for (let attempt = 0; ; attempt++) {
      try {
        return parseContainers(await this.call(["list", "--all", "--format=json"], { signal }));
      } catch (error) {
        const wait = busyRetriesMs[attempt];
        if (wait === undefined || !(isBusy(error) || isInterrupted(error))) throw error;
        await pause(wait * (0.5 + Math.random()), signal);
      }
    }
  }

  /** A service that says that it is down has answered. */
  async #test(): Promise<void> {
    const { signal } = new AbortController();
    await this.#run(["system", "status"], { signal, timeoutMs: testMs }).catch((error: unknown) => {
      if (!isAnswer(error)) throw error;
    });
  }

  async #run(args: readonly string[], { signal, timeoutMs = callMs }: CallOptions): Promise<string> {
    signal.throwIfAborted();
    using deadline = new TimeLimit(signal, timeoutMs);
    const result = await execa(this.program, [...args], {
      env: ownEnvironment,
      stdin: "ignore",
      reject: false,
      stripFinalNewline: false,
      cancelSignal: deadline.signal,
      // There is nothing that a client could tidy up: the service works on either way.
      killSignal: "SIGKILL",
    });
    if (!result.failed) return result.stdout;
    signal.throwIfAborted();
    const command = args
      .filter((arg) => !arg.startsWith("-"))
      .slice(0, 2)
      .join(" ");
    if (deadline.passed) {
      this.gaveNoAnswer();
      throw new SandboxError(
        "engine_unavailable",
        `container ${command} gave no answer for ${timeoutMs} ms.`,
        {
          hint: "Look at it: container system status. Restart its service if it stays so.",
        },
      );
    }
    if (result.exitCode === undefined) throw this.missing(result.cause ?? result);
    const text = [result.stderr, result.stdout].filter(Boolean).join("\n");
    throw containerFailure({ command, exitCode: result.exitCode, text });
  }

  /**
   * In a session of its own, as signals to the owner's terminal are not for it: at the third it would give up. It is
   * not ended with the owner, but by the end of its input, which the guest has to see first.
   */
  #start(args: readonly string[]): Client {
    const child = execa(this.program, [...args], {
      env: ownEnvironment,
      stdin: "pipe",
      stdout: "pipe",
      stderr: "pipe",
      buffer: false,
      reject: false,
      detached: true,
      cleanup: false,
    });
    const ended = new Promise<Awaited<Client["ended"]>>((resolve) => {
      child.once("exit", (code) => resolve({ exitCode: code ?? undefined }));
      // Where there is no program it never exits.
      void child.then((result) => resolve({ exitCode: result.exitCode, cause: this.missing(result.cause) }));
    });
    const { stdin, stdout, stderr } = child;
    return { stdin, stdout, stderr, ended, kill: () => void child.kill("SIGKILL") };
  }

  missing(cause: unknown): SandboxError {
    return new SandboxError("engine_unavailable", `${this.program} could not be started.`, {
      cause,
      hint: "Install Apple's container (https://github.com/apple/container/releases), or say where it is: appleContainer({ program })",
    });
  }
}

/** What the user has set for his own calls changes what is asked for here, or adds to what is printed (§2.1). */
const ownEnvironment = { CONTAINER_DEFAULT_PLATFORM: undefined, CONTAINER_DEBUG: undefined };

/** Where the program is: in one of `PATH`'s places or, after them, the installers'. */
export function findContainer(name = "container"): string | undefined {
  return findProgram(name, usualPlaces);
}

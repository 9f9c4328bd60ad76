import type { CallOptions, ExecOptions, SpawnOptions } from "./command-options.js";
import type { Capabilities } from "./contract/capabilities.js";
import { SandboxError } from "./contract/error.js";
import type { CommandResult, ProcessExit } from "./contract/process.js";
import type { SandboxStats } from "./contract/provider.js";
import { SandboxFiles } from "./files.js";
import { abortable } from "./internal/abortable.js";
import { checkKeys, checkSignal, checkTimeout } from "./internal/check.js";
import { checkCommand, checkExecOptions, checkSpawnOptions } from "./internal/check-command.js";
import { checkTtl } from "./internal/check-create.js";
import type { CommandExit, CommandInput, CommandRun, GuestCommand } from "./internal/commands.js";
import { Deadline } from "./internal/deadline.js";
import { GuestShell } from "./internal/guest-shell.js";
import { OutputCollector } from "./internal/output-collector.js";
import type { Session } from "./internal/session.js";
import { SandboxPorts } from "./ports.js";
import { ProcessOutput, type ProcessResult, SandboxProcess } from "./process.js";

/** For calls to the engine unless the caller says otherwise, in milliseconds. */
const callMs = 30_000;
const defaultOutputBytes = 16 * 1024 * 1024;

/** A running sandbox. Made by `createSandbox` and `attachSandbox`. */
export class Sandbox implements AsyncDisposable {
  readonly id: string;
  /** As given at create. */
  readonly name: string | undefined;
  /** The provider's name. */
  readonly provider: string;
  readonly capabilities: Capabilities;
  readonly files: SandboxFiles;
  readonly ports: SandboxPorts;
  readonly #session: Session;

  /** @internal */
  constructor(session: Session) {
    const { id, name, provider } = session;
    this.id = id;
    this.name = name;
    this.provider = provider.name;
    this.capabilities = provider.capabilities;
    this.#session = session;
    this.ports = new SandboxPorts(session);
    this.files = new SandboxFiles(
      new GuestShell({
        sharesShell: provider.capabilities.commands === "shell",
        archive: session.driver.archive,
        start: (command, io, signal) => session.commands.start(command, io, signal),
        operation: (operation, { timeoutMs, signal }, work) =>
          session.operation(operation, { timeoutMs, signal }, work),
      }),
    );
  }

  /**
   * Runs a command to its end and returns its output. A string is run by the guest's shell, an array as it is.
   * A non-zero exit and death by a signal are results.
   *
   * @throws SandboxError `timeout` and `aborted` after the whole process tree is gone, `sandbox_lost`,
   * `invalid_argument` for a missing `cwd` or user, and with `check: true` `command_failed`. Its `result` holds
   * what was captured until then.
   */
  async exec(command: string | readonly string[], options: ExecOptions = {}): Promise<CommandResult> {
    checkExecOptions(options);
    const guestCommand = checkCommand(command, options, this.capabilities, this.#session.shell);
    const { input, maxOutputBytes = defaultOutputBytes, check = false } = options;
    const output = new OutputCollector(maxOutputBytes);
    const io: CommandInput = { sink: (chunk) => output.add(chunk), input: bytesOf(input) ?? "none" };
    const started = performance.now();
    const resultOf = (exit: ProcessExit & { outOfMemory: boolean }): CommandResult => {
      const stdoutBytes = output.bytes("stdout");
      const stderrBytes = output.bytes("stderr");
      return {
        ...exit,
        stdout: stdoutBytes.toString("utf8"),
        stderr: stderrBytes.toString("utf8"),
        stdoutBytes,
        stderrBytes,
        truncated: output.truncated,
        durationMs: performance.now() - started,
      };
    };
    return await this.#session.observed("exec", async () => {
      try {
        const result = resultOf(await this.#run("exec", guestCommand, io, options));
        if (check && result.exitCode !== 0) throw failed(result);
        return result;
      } catch (error) {
        if (!SandboxError.is(error) || error.code === "command_failed") throw error;
        const killed = error.code === "timeout" || error.code === "aborted";
        const signal = killed ? "SIGKILL" : null;
        throw error.with({ result: resultOf({ exitCode: null, signal, outOfMemory: false }) });
      }
    });
  }

  /**
   * Starts a command with live input and output.
   *
   * @throws SandboxError when it could not be started; what happens later is told by the process.
   */
  async spawn(command: string | readonly string[], options: SpawnOptions = {}): Promise<SandboxProcess> {
    const tty = checkSpawnOptions(options, this.capabilities);
    const guestCommand = checkCommand(command, options, this.capabilities, this.#session.shell);
    const output = new ProcessOutput();
    const started = performance.now();
    return await this.#session.observed("spawn", async () => {
      const { sink } = output;
      const input = bytesOf(options.input) ?? (options.stdin === false ? "none" : "live");
      const io: CommandInput = { sink, input, tty };
      // The limit goes on after this call has returned, until the command has ended.
      const deadline = this.#deadline("spawn", options);
      const run = await this.#start(guestCommand, io, deadline);
      const result = this.#finish(run, deadline).then(
        async (exit): Promise<ProcessResult> => ({
          ...(await this.#told(exit)),
          durationMs: performance.now() - started,
        }),
      );
      result.catch(() => undefined);
      return new SandboxProcess(run, () => this.#session.kill(run), output, result);
    });
  }

  /** What the sandbox uses now, as the engine accounts it. */
  async stats(options: CallOptions = {}): Promise<SandboxStats> {
    checkCall("stats", options);
    const { driver } = this.#session;
    return await this.#session.operation("stats", options, (signal) => {
      if (!driver.stats) throw unsupported("stats");
      return driver.stats(this.#session.context(signal));
    });
  }

  /**
   * Lets the sandbox outlive its owner after all, to look inside: it ends itself when the time is up. Disposal
   * and the end of this program then leave it alone; `attachSandbox` reaches it.
   */
  async keep(options: { ttlMs: number }): Promise<void> {
    checkKeys("keep", options, ["ttlMs"]);
    checkTtl(options.ttlMs);
    await this.#session.operation("keep", {}, (signal) => this.#session.keep(options.ttlMs, signal));
  }

  /** Not there yet on any engine. */
  async snapshot(): Promise<never> {
    throw unsupported("snapshots");
  }

  /** Not there yet on any engine. */
  async pause(): Promise<never> {
    throw unsupported("pause");
  }

  /** Closes this program's connections. The sandbox lives on where its lifetime allows. */
  async detach(): Promise<void> {
    await this.#session.detach();
  }

  /**
   * Ends the sandbox and everything in it. Returns when the engine no longer knows it. Twice, or during other
   * calls, is fine: those reject with `sandbox_lost`.
   *
   * @throws SandboxError `cleanup_failed`, `timeout` and the like when something may still be there.
   */
  async destroy(options: CallOptions = {}): Promise<void> {
    checkCall("destroy", options);
    await this.#session.destroy({ timeoutMs: callMs, ...options });
  }

  /** What was created is destroyed; what was attached to, or kept, is let go. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#session.created && !this.#session.kept) await this.destroy();
    else await this.detach();
  }

  #deadline(operation: string, { timeoutMs, signal }: CallOptions): Deadline {
    return new Deadline({ operation, timeoutMs, signal, over: this.#session.over });
  }

  async #start(command: GuestCommand, io: CommandInput, deadline: Deadline): Promise<CommandRun> {
    try {
      deadline.signal.throwIfAborted();
      return await this.#session.commands.start(command, io, deadline.signal);
    } catch (error) {
      deadline[Symbol.dispose]();
      throw error;
    }
  }

  async #run(
    operation: string,
    command: GuestCommand,
    io: CommandInput,
    options: CallOptions,
  ): Promise<ProcessExit & { outOfMemory: boolean }> {
    const deadline = this.#deadline(operation, options);
    const run = await this.#start(command, io, deadline);
    return await this.#told(await this.#finish(run, deadline));
  }

  async #told(exit: CommandExit): Promise<ProcessExit & { outOfMemory: boolean }> {
    const { exitCode, signal } = exit;
    return { exitCode, signal, outOfMemory: await this.#session.ranOutOfMemory(exit) };
  }

  /** Waits for the end of a command. On a limit or abort its process tree is gone before this rejects (G5). */
  async #finish(run: CommandRun, deadline: Deadline): Promise<CommandExit> {
    try {
      return await this.#session.watched(abortable(run.ended, deadline.signal));
    } catch (error) {
      if (deadline.signal.aborted) await this.#session.kill(run);
      throw error;
    } finally {
      deadline[Symbol.dispose]();
    }
  }
}

function bytesOf(input: string | Uint8Array | undefined): Uint8Array | undefined {
  return typeof input === "string" ? Buffer.from(input) : input;
}

function failed(result: CommandResult): SandboxError {
  const how = result.signal ? `was ended by ${result.signal}` : `exited with ${result.exitCode}`;
  return new SandboxError("command_failed", `The command ${how}.`, { operation: "exec", result });
}

function unsupported(ability: string): SandboxError {
  return new SandboxError("unsupported", `This engine has no ${ability}.`, {
    hint: "Choose another engine.",
  });
}

function checkCall(what: string, options: CallOptions): void {
  checkKeys(what, options, ["timeoutMs", "signal"]);
  checkTimeout("timeoutMs", options.timeoutMs);
  checkSignal("signal", options.signal);
}

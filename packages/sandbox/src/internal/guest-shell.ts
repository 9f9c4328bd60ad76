import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { CallOptions } from "../command-options.js";
import type { SandboxError } from "../contract/error.js";
import type { OutputChunk, ProcessExit } from "../contract/process.js";
import type { ArchiveTransfer } from "../contract/provider.js";
import { checkSignal, checkTimeout } from "./check.js";
import type { CommandInput, CommandRun, GuestCommand } from "./commands.js";
import { OutputCollector } from "./output-collector.js";

/** What a script of ours gave. */
export interface ScriptOutcome extends ProcessExit {
  readonly stdout: string;
  readonly stderr: string;
  readonly stdoutBytes: Uint8Array;
  readonly truncated: boolean;
}

export interface GuestShellOptions {
  /** Runs a piece of work as an operation of the sandbox: with a deadline, events and the sandbox's end. */
  operation<T>(
    name: string,
    options: CallOptions & { untimed?: boolean },
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T>;
  start(command: GuestCommand, io: CommandInput, signal: AbortSignal): Promise<CommandRun>;
  readonly sharesShell: boolean;
  readonly archive: ArchiveTransfer | undefined;
}

const stderrBytes = 64 * 1024;
const killMs = 30_000;

/** Runs scripts of ours in the guest, with bytes in and out. */
export class GuestShell {
  readonly #options: GuestShellOptions;

  constructor(options: GuestShellOptions) {
    this.#options = options;
  }

  /** Whether a script costs no start of a shell. */
  get sharesShell(): boolean {
    return this.#options.sharesShell;
  }

  get archive(): ArchiveTransfer | undefined {
    return this.#options.archive;
  }

  async operation<T>(
    name: string,
    options: CallOptions,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    checkTimeout("timeoutMs", options.timeoutMs);
    checkSignal("signal", options.signal);
    return await this.#options.operation(name, options, work);
  }

  /** Runs a script to its end and keeps its output. `check` throws what its outcome means. */
  async run(
    operation: string,
    code: string,
    argv: GuestCommand["argv"],
    options: CallOptions & { maxOutputBytes?: number },
    check: (outcome: ScriptOutcome) => void,
  ): Promise<ScriptOutcome> {
    return await this.operation(operation, options, async (signal) => {
      const outcome = await this.script(code, argv, "none", signal, options.maxOutputBytes);
      check(outcome);
      return outcome;
    });
  }

  /** Runs a script with a stream as its standard input. */
  async write(
    operation: string,
    code: string,
    argv: GuestCommand["argv"],
    source: Iterable<Uint8Array> | AsyncIterable<Uint8Array | string>,
    options: CallOptions,
    check: (outcome: ScriptOutcome) => void,
  ): Promise<void> {
    await this.operation(operation, options, async (signal) =>
      check(await this.script(code, argv, source, signal)),
    );
  }

  /** As `run` and `write`, within an operation that has begun. */
  async script(
    code: string,
    argv: GuestCommand["argv"],
    input: "none" | Iterable<Uint8Array> | AsyncIterable<Uint8Array | string>,
    signal: AbortSignal,
    maxOutputBytes = stderrBytes * 256,
  ): Promise<ScriptOutcome> {
    const output = new OutputCollector(maxOutputBytes);
    const sink = (chunk: OutputChunk): void => output.add(chunk);
    const io = { sink, input: input === "none" ? ("none" as const) : ("live" as const) };
    const run = await this.#options.start({ code, argv }, io, signal);
    const exit = await settle(run, signal, async () => {
      if (input === "none" || !run.stdin) return;
      // A script that ends before its input, because the disk is full perhaps, tells why by its exit.
      await Promise.race([
        pipeline(Readable.from(input as AsyncIterable<Uint8Array>, { objectMode: false }), run.stdin, {
          signal,
        }),
        run.ended,
      ]).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== "EPIPE" && error.code !== "ERR_STREAM_PREMATURE_CLOSE") throw error;
      });
    });
    const stdoutBytes = output.bytes("stdout");
    return {
      ...exit,
      stdoutBytes,
      stdout: stdoutBytes.toString("utf8"),
      stderr: output.bytes("stderr").toString("utf8"),
      truncated: output.truncated,
    };
  }

  /** Runs a script whose output is read as a stream; its failure is the stream's error. */
  async read(
    operation: string,
    code: string,
    argv: GuestCommand["argv"],
    options: CallOptions,
    failure: (exitCode: number | null, stderr: string) => SandboxError,
  ): Promise<Readable> {
    return await this.operation(operation, options, (signal) => this.stream(code, argv, signal, failure));
  }

  /** As `read`, within an operation that has begun. Destroying the stream ends the script. */
  async stream(
    code: string,
    argv: GuestCommand["argv"],
    signal: AbortSignal,
    failure: (exitCode: number | null, stderr: string) => SandboxError,
  ): Promise<Readable> {
    const errors = new OutputCollector(stderrBytes);
    let resume: (() => void) | undefined;
    let run: CommandRun | undefined;
    const stream = new Readable({
      read: () => resume?.(),
      destroy: (error, callback) => {
        resume?.();
        const killed = run?.kill(AbortSignal.timeout(killMs)) ?? Promise.resolve();
        killed.then(
          () => callback(error),
          () => callback(error),
        );
      },
      autoDestroy: false,
    });
    const sink = (chunk: OutputChunk): void | Promise<void> => {
      if (chunk.stream === "stderr") return errors.add(chunk);
      if (stream.destroyed || stream.push(chunk.data)) return;
      return new Promise((resolve) => {
        resume = resolve;
      });
    };
    run = await this.#options.start({ code, argv }, { sink, input: "live" }, signal);
    run.stdin?.end();
    run.ended.then(
      ({ exitCode }) => {
        run = undefined;
        if (exitCode === 0) stream.push(null);
        else stream.destroy(failure(exitCode, errors.bytes("stderr").toString("utf8")));
      },
      (error: unknown) => {
        run = undefined;
        stream.destroy(error as Error);
      },
    );
    return stream;
  }
}

/** Waits for a command and for what feeds it. Whatever goes wrong, the command is dead afterwards. */
async function settle(run: CommandRun, signal: AbortSignal, feed: () => Promise<void>): Promise<ProcessExit> {
  const aborted = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  aborted.catch(() => undefined);
  try {
    await Promise.race([feed(), aborted]);
    return await Promise.race([run.ended, aborted]);
  } catch (error) {
    await run.kill(AbortSignal.timeout(killMs)).catch(() => undefined);
    throw error;
  }
}

import { Readable, type Writable } from "node:stream";
import { SandboxError } from "./contract/error.js";
import type { OutputChunk, ProcessExit, TerminalSize } from "./contract/process.js";
import { refuse, show } from "./internal/check.js";
import { checkSize } from "./internal/check-command.js";
import type { CommandRun } from "./internal/commands.js";
import { signalNames } from "./internal/signals.js";

/** How a spawned command ended. */
export interface ProcessResult extends ProcessExit {
  /** As in `CommandResult`. */
  readonly outOfMemory: boolean;
  /** From `spawn` to the end, in milliseconds. */
  readonly durationMs: number;
}

/** For the delivery of a signal, in milliseconds. */
const killMs = 30_000;

/**
 * A command that runs. Its output waits in the guest until it is asked for: by iteration, by reading `stdout`
 * or `stderr`, or by `wait`. A stream that nobody has asked for by then is read and dropped.
 */
export class SandboxProcess implements AsyncIterable<OutputChunk> {
  readonly #run: CommandRun;
  readonly #kill: () => Promise<void>;
  readonly #result: Promise<ProcessResult>;
  readonly #output: ProcessOutput;

  /** @internal Made by `sandbox.spawn`. */
  constructor(
    run: CommandRun,
    kill: () => Promise<void>,
    output: ProcessOutput,
    result: Promise<ProcessResult>,
  ) {
    this.#run = run;
    this.#kill = kill;
    this.#output = output;
    this.#result = result;
    result.then(
      () => output.end(),
      (error: unknown) => output.end(error),
    );
  }

  /** Ending it gives the command end of input. Not there with `stdin: false` or `input`. */
  get stdin(): Writable {
    if (!this.#run.stdin)
      refuse("The command was started with stdin: false, or with all of its input.", "Leave both out.");
    return this.#run.stdin;
  }

  get stdout(): Readable {
    return this.#output.stream("stdout");
  }

  /** With a terminal it ends at once: a terminal has one stream. */
  get stderr(): Readable {
    return this.#output.stream("stderr");
  }

  /**
   * Sends a signal to the command and all that it started. After `SIGKILL`, the default, it returns when the
   * whole process tree is gone; after others as soon as they are delivered. Fine when the command has ended.
   *
   * @throws SandboxError `cleanup_failed` when something would not die, `timeout` after 30 s.
   */
  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    if (typeof signal !== "string" || !signalNames.some((name) => signal === `SIG${name}`)) {
      refuse(`The signal is ${show(signal)}.`, 'Write it like "SIGTERM".');
    }
    if (signal === "SIGKILL") await this.#kill();
    else await this.#run.send(signal, AbortSignal.timeout(killMs));
  }

  /**
   * How it ended, after its last output. A non-zero exit and death by a signal are results.
   *
   * @throws SandboxError `timeout`, `aborted`, `sandbox_lost` and others when it ended for another reason.
   */
  async wait(): Promise<ProcessResult> {
    this.#output.drop();
    return await this.#result;
  }

  /** @throws SandboxError `unsupported` without a terminal. */
  async resize(size: TerminalSize): Promise<void> {
    checkSize(size);
    await this.#run.resize(size);
  }

  /** Output in order of arrival. Throws what `wait` throws. Leaving the loop early drops the rest. */
  [Symbol.asyncIterator](): AsyncIterator<OutputChunk> {
    return this.#output.chunks();
  }
}

type Taker = (chunk: OutputChunk) => void | Promise<void>;

/** Where output goes, once somebody has asked for it. */
export class ProcessOutput {
  readonly #streams: { stdout?: Readable; stderr?: Readable } = {};
  readonly #resume: { stdout?: () => void; stderr?: () => void } = {};
  #taker: Taker | undefined;
  #onTaker: (() => void) | undefined;
  readonly #asked = new Promise<void>((resolve) => {
    this.#onTaker = resolve;
  });
  #ended = false;
  #error: unknown;
  #onEnd: (() => void) | undefined;

  /** Takes a chunk from below. The next one comes when the promise is done. */
  readonly sink = (chunk: OutputChunk): void | Promise<void> => {
    if (this.#taker) return this.#taker(chunk);
    return this.#asked.then(() => this.#taker?.(chunk));
  };

  /** Nothing comes any more. */
  end(error?: unknown): void {
    this.#ended = true;
    this.#error = error;
    for (const stream of Object.values(this.#streams)) finish(stream, error);
    this.#onEnd?.();
  }

  drop(): void {
    if (!this.#taker && Object.keys(this.#streams).length === 0) this.#take(() => undefined);
  }

  stream(name: OutputChunk["stream"]): Readable {
    const known = this.#streams[name];
    if (known) return known;
    const stream = new Readable({
      read: () => {
        this.#take((chunk) => this.#push(chunk));
        this.#resume[name]?.();
      },
      destroy: (error, callback) => {
        this.#resume[name]?.();
        callback(error);
      },
    });
    this.#streams[name] = stream;
    // An error is told by `wait` also: a stream that nobody listens to must not end the program.
    stream.on("error", () => undefined);
    if (this.#ended) finish(stream, this.#error);
    return stream;
  }

  async *chunks(): AsyncGenerator<OutputChunk, void> {
    if (this.#taker) throw new SandboxError("invalid_argument", "The output is being read already.");
    const queue: { chunk: OutputChunk; taken: () => void }[] = [];
    let wake: (() => void) | undefined;
    this.#onEnd = () => wake?.();
    this.#take((chunk) => {
      const taken = new Promise<void>((resolve) => queue.push({ chunk, taken: resolve }));
      wake?.();
      return taken;
    });
    let held: (() => void) | undefined;
    try {
      for (;;) {
        held?.();
        const next = queue.shift();
        held = next?.taken;
        if (next) {
          yield next.chunk;
        } else if (this.#ended) {
          if (this.#error) throw this.#error;
          return;
        } else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    } finally {
      this.#taker = () => undefined;
      held?.();
      for (const { taken } of queue) taken();
    }
  }

  #take(taker: Taker): void {
    if (this.#taker) return;
    this.#taker = taker;
    this.#onTaker?.();
  }

  #push({ stream: name, data }: OutputChunk): void | Promise<void> {
    const stream = this.#streams[name];
    if (!stream || stream.destroyed || stream.push(data)) return;
    return new Promise((resolve) => {
      this.#resume[name] = () => {
        delete this.#resume[name];
        resolve();
      };
    });
  }
}

function finish(stream: Readable, error: unknown): void {
  if (stream.destroyed) return;
  if (error) stream.destroy(error as Error);
  else stream.push(null);
}

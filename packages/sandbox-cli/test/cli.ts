import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { waitUntilGone } from "@nanoclaw/test-engines";
import { containersOf } from "./containers.js";
import { processesWith } from "./processes.js";

/** The program as its users get it. */
export const cliPath = fileURLToPath(new URL("../dist/cli.js", import.meta.url));

export interface Ended {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly bytes: Buffer;
}

export interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  /** Standard output and error until now. */
  output(): string;
  /** Waits until they have this text. */
  saw(text: string): Promise<void>;
  readonly ended: Promise<Ended>;
}

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Standard input, then its end. Default: its end at once. `open`: left to the test. */
  readonly input?: string | Uint8Array | "open";
}

/** An installation of its own, which sees no sandboxes but its own, and that nothing may be left of. */
export class Installation implements AsyncDisposable {
  readonly directory = mkdtempSync(join(tmpdir(), "sandbox-cli-"));
  readonly #env: NodeJS.ProcessEnv;
  readonly #dockerHost: string | undefined;
  readonly #started: Running[] = [];

  constructor(env: NodeJS.ProcessEnv = {}) {
    this.#dockerHost = env.DOCKER_HOST;
    // Package managers name their own places in NODE_PATH, where every package of the workspace is.
    const { DOCKER_HOST: _host, SANDBOX_ENGINE: _engine, NODE_PATH: _path, ...inherited } = process.env;
    this.#env = { ...inherited, ...env, XDG_STATE_HOME: join(this.directory, "state") };
  }

  start(words: readonly string[], options: RunOptions = {}): Running {
    return this.startProgram(process.execPath, [cliPath, ...words], options);
  }

  /** Any program that runs ours. */
  startProgram(program: string, words: readonly string[], options: RunOptions = {}): Running {
    const child = spawn(program, words, {
      env: { ...this.#env, ...options.env },
      cwd: options.cwd ?? this.directory,
      stdio: "pipe",
    });
    child.stdin.on("error", () => undefined);
    if (options.input !== "open") child.stdin.end(options.input);
    const running = watch(child);
    this.#started.push(running);
    return running;
  }

  run(words: readonly string[], options: RunOptions = {}): Promise<Ended> {
    return this.start(words, options).ended;
  }

  /** The parsed standard output of a run that must succeed. */
  async json<T>(words: readonly string[], options: RunOptions = {}): Promise<T> {
    const { exitCode, stdout, stderr } = await this.run(words, options);
    if (exitCode !== 0) throw new Error(`sandbox ${words.join(" ")}: ${exitCode}\n${stderr}`);
    return JSON.parse(stdout) as T;
  }

  /** What still runs of this installation, by other means than the program's own. */
  async living(): Promise<string[]> {
    const containers = this.#dockerHost ? await containersOf(this.#dockerHost, this.directory) : [];
    const processes = processesWith(this.directory).map(
      ({ pid, command }) => `${pid} ${command.slice(0, 200)}`,
    );
    return [...processes, ...containers];
  }

  /** The same, and what is on disk. */
  async leftovers(): Promise<string[]> {
    const records = join(this.directory, "state", "nanoclaw-sandbox", "local");
    return [...(await this.living()), ...(existsSync(records) ? readdirSync(records) : [])];
  }

  /** The process of our program that runs now. */
  pid(): number {
    const found = processesWith(this.directory).find(({ command }) =>
      command.startsWith(`${process.execPath} ${cliPath}`),
    );
    if (!found) throw new Error("The program does not run.");
    return found.pid;
  }

  async expectNothingLeft(deadlineMs = 5_000): Promise<void> {
    await waitUntilGone(() => this.leftovers(), deadlineMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.expectNothingLeft();
    } finally {
      await this.#clear();
      rmSync(this.directory, { recursive: true, force: true });
    }
  }

  /** After a test that failed: the next ones, and the machine, are to have no trouble from it. */
  async #clear(): Promise<void> {
    if ((await this.leftovers()).length === 0) return;
    for (const { child } of this.#started) child.kill("SIGKILL");
    const { stdout } = await this.run(["ls", "-q"]);
    const ids = stdout.split("\n").filter((id) => id !== "");
    if (ids.length > 0) await this.run(["rm", ...ids]);
  }
}

function watch(child: ChildProcessWithoutNullStreams): Running {
  let output = "";
  const lookers = new Set<() => void>();
  const look = (text: string) => {
    output += text;
    for (const each of lookers) each();
  };
  child.stdout.on("data", (data: Buffer) => look(data.toString("latin1")));
  child.stderr.on("data", (data: Buffer) => look(data.toString("latin1")));
  const ended = Promise.all([
    buffer(child.stdout),
    buffer(child.stderr),
    new Promise<{ exitCode: number | null; signal: NodeJS.Signals | null }>((resolve) => {
      child.once("exit", (exitCode, signal) => resolve({ exitCode, signal }));
    }),
  ]).then(([bytes, errors, exit]) => ({
    ...exit,
    bytes,
    stdout: bytes.toString("utf8"),
    stderr: errors.toString("utf8"),
  }));
  const saw = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const check = () => {
        if (!output.includes(text)) return;
        lookers.delete(check);
        resolve();
      };
      lookers.add(check);
      check();
      ended.then(() => reject(new Error(`It ended without "${text}":\n${output}`)), reject);
    });
  return { child, output: () => output, saw, ended };
}

/** What is told of things that take longer than a second, as on a machine that is busy. */
export function withoutProgress(stderr: string): string {
  return stderr.replace(/^(Starting|Removing|Copying|Looking) [^\n]* …\n/gm, "");
}

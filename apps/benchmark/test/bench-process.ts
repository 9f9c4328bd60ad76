import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { waitUntilGone } from "@nanoclaw/test-engines";
import { connect } from "../src/engines/connection.js";
import { parseResult } from "../src/parse-result.js";
import type { RunResult } from "../src/result.js";

const cli = fileURLToPath(new URL("../dist/cli.js", import.meta.url));

export interface EndedBench {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A run of the program as users start it, of which everything that it leaves can be found. */
export class Bench implements AsyncDisposable {
  readonly directory = mkdtempSync(join(tmpdir(), "bench-test-"));
  readonly #dockerHost: string | undefined;
  readonly #child;
  readonly ended: Promise<EndedBench>;
  #stdout = "";
  #stderr = "";
  #look: () => void = () => undefined;

  constructor(words: readonly string[], dockerHost: string | undefined, env: NodeJS.ProcessEnv = {}) {
    this.#dockerHost = dockerHost;
    const { DOCKER_HOST: _, ...inherited } = process.env;
    this.#child = spawn(process.execPath, [cli, ...words], {
      cwd: this.directory,
      env: {
        ...inherited,
        ...(dockerHost === undefined ? {} : { DOCKER_HOST: dockerHost }),
        XDG_STATE_HOME: this.directory,
        TMPDIR: this.directory,
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child.stdout.setEncoding("utf8").on("data", (text: string) => {
      this.#stdout += text;
    });
    this.#child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr += text;
      this.#look();
    });
    this.ended = new Promise((resolve) => {
      this.#child.once("close", (exitCode) => {
        resolve({ exitCode, stdout: this.#stdout, stderr: this.#stderr });
        this.#look();
      });
    });
  }

  /** Waits until its progress, which is on standard error, has this text. */
  saw(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#look = () => {
        if (this.#stderr.includes(text)) resolve();
        else if (this.#child.exitCode !== null) reject(new Error(`Ended without "${text}": ${this.#stderr}`));
      };
      this.#look();
    });
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** What it wrote into a file of its directory. */
  result(name: string): RunResult {
    return parseResult(readFileSync(join(this.directory, name), "utf8"));
  }

  /** Containers, processes (by the directory that their environment names) and temporary directories of this run, found by other means than its own. */
  async leftovers(): Promise<string[]> {
    const processes = readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name) && read(`/proc/${name}/environ`).includes(this.directory))
      .map((pid) => `process ${pid} ${read(`/proc/${pid}/cmdline`).replaceAll("\0", " ")}`);
    const directories = existsSync(this.directory)
      ? readdirSync(this.directory).filter((name) => name.startsWith("sandbox-bench-"))
      : [];
    return [...processes, ...directories, ...(await this.#containers())];
  }

  async #containers(): Promise<string[]> {
    if (this.#dockerHost === undefined) return [];
    const all = await connect(this.#dockerHost).listContainers({ all: true });
    return all
      .filter(({ Labels }) => JSON.stringify(Labels).includes("sandbox-bench.run"))
      .map(({ Names }) => `container ${Names[0]}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    try {
      await waitUntilGone(() => this.leftovers(), 15_000);
    } finally {
      rmSync(this.directory, { recursive: true, force: true });
    }
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    // It has ended between the listing and the reading.
    return "";
  }
}

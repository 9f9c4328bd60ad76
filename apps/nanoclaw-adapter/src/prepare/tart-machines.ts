import { rm } from "node:fs/promises";
import { join } from "node:path";
import { SandboxError } from "@nanoclaw/sandbox";
import { pause } from "@nanoclaw/sandbox/adapter";
import { type BaseImageState, findBaseImage } from "../engines/base-image.js";
import { type LeashedEnd, type LeashedProgram, startLeashed } from "./leashed-program.js";
import { query } from "./query.js";
import { tartHome } from "./tart-place.js";

/** How often a machine is deleted that is still there afterwards. */
const attempts = 5;

export interface TartPlace {
  /** Default: `tart`. */
  readonly program?: string;
  /** Default: `TART_HOME`, then `~/.tart`. */
  readonly home?: string;
}

/** Tart's own machines, by its command line. Every program that it starts ends with this process. */
export class TartMachines {
  readonly home: string;
  readonly #program: string;
  readonly #signal: AbortSignal;
  readonly #tell: (line: string) => void;

  constructor({ program = "tart", home }: TartPlace, signal: AbortSignal, tell: (line: string) => void) {
    this.home = tartHome(home);
    this.#program = program;
    this.#signal = signal;
    this.#tell = tell;
  }

  /** F10: of exactly this name, as Tart tells it to programs. */
  async state(name: string): Promise<BaseImageState> {
    return await findBaseImage({ name, program: this.#program, home: this.home, signal: this.#signal });
  }

  async operatingSystem(name: string): Promise<"darwin" | "linux"> {
    const { stdout } = await query(this.#program, ["get", name, "--format", "json"], {
      environment: { TART_HOME: this.home },
      signal: this.#signal,
    });
    return /"OS"\s*:\s*"linux"/.test(stdout) ? "linux" : "darwin";
  }

  /** Runs a sub-command to its end. Throws when it fails, with its own words. */
  async call(args: readonly string[], onLine?: (line: string) => void): Promise<LeashedEnd> {
    const result = await this.start(args, onLine).ended;
    if (result.exitCode === 0) return result;
    const [command = ""] = args;
    throw new SandboxError(
      "engine_unavailable",
      `tart ${command} failed: ${result.output || "it said nothing"}`,
      {
        retryable: false,
        hint: `It exited with ${result.exitCode}. Look at: tart list`,
      },
    );
  }

  async pull(image: string): Promise<void> {
    await this.call(["pull", image], (line) => this.#tell(`  | ${line}`));
  }

  start(args: readonly string[], onLine?: (line: string) => void): LeashedProgram {
    const environment = { TART_HOME: this.home, TART_NO_AUTO_PRUNE: "1" };
    return startLeashed(this.#program, args, { environment, signal: this.#signal, onLine });
  }

  /** F12: no window, whatever the policy says of those of its groups. */
  async run(name: string): Promise<LeashedProgram> {
    // One of an earlier start stays until the machine has its own, and nobody listens at it.
    await rm(join(this.home, "vms", name, "control.sock"), { force: true });
    return this.start(["run", "--no-graphics", "--no-audio", "--no-clipboard", name]);
  }

  /** Returns when Tart no longer lists it: how a deletion ends proves nothing (openai/tart#1345). */
  async remove(name: string): Promise<void> {
    for (let attempt = 1; attempt <= attempts; attempt++) {
      const state = await this.state(name);
      if (state === "missing") return;
      // One that an earlier process of ours has left may need a moment.
      if (state === "running") await this.start(["stop", name, "--timeout", "5"]).ended;
      await this.start(["delete", name]).ended;
      if (attempt > 1) await pause(200 * attempt, this.#signal);
    }
    if ((await this.state(name)) === "missing") return;
    throw new SandboxError("cleanup_failed", `Tart still has the machine ${name}.`, {
      hint: `Remove it by hand: tart stop ${name}; tart delete ${name}`,
    });
  }
}

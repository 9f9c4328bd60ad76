import type { ChildProcess } from "node:child_process";
import { setTimeout } from "node:timers/promises";
import { whyNoGuests } from "@nanoclaw/emulator-base";
import { beforeEach } from "vitest";
import { type Emulator, installEmulator } from "../src/index.js";
import { holder } from "../src/store/locks.js";
import { type CommandResult, start, succeed } from "./cli.js";
import { machine } from "./fixture.js";

const POLL_MS = 5;

/** An emulator with guests: the image `linux` has the new agent, `mac` the old one. */
export class Machines implements AsyncDisposable {
  private constructor(readonly emulator: Emulator) {}

  static async install(options: Parameters<typeof installEmulator>[0] = {}): Promise<Machines> {
    const emulator = await installEmulator(options);
    await emulator.image({ name: "linux", os: "linux", agent: "new" });
    await emulator.image({ name: "mac", os: "darwin", agent: "old" });
    return new Machines(emulator);
  }

  /** Starts a machine and returns when it runs, or when `tart run` has ended. */
  async run(name: string, ...options: string[]): Promise<Running> {
    const running = this.start(name, ...options);
    let ended = false;
    void running.result.finally(() => {
      ended = true;
    });
    const { config } = machine(this.emulator, name);
    while (!ended && (await holder(config)) === undefined) await setTimeout(POLL_MS);
    return running;
  }

  start(name: string, ...options: string[]): Running {
    return start(this.emulator, ["run", "--no-graphics", ...options, name]);
  }

  /** Starts a machine and returns when its agent answers. */
  async boot(name: string, ...options: string[]): Promise<Running> {
    const running = await this.run(name, ...options);
    await succeed(this.emulator, "exec", name, "true");
    return running;
  }

  async state(name: string): Promise<string> {
    return JSON.parse(await succeed(this.emulator, "get", name, "--format", "json")).State;
  }

  tart(...argv: string[]): Promise<CommandResult> {
    return start(this.emulator, argv).result;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve(this.emulator[Symbol.asyncDispose]());
  }
}

/** A `tart run`. */
export interface Running {
  readonly child: ChildProcess;
  readonly result: Promise<CommandResult>;
}

/** Skips the tests of a `describe` where guests cannot run. */
export function needsGuests(): void {
  const reason = whyNoGuests();
  beforeEach(({ skip }) => skip(reason !== undefined, reason));
}

/** What a command that failed by itself gives. */
export function failure(exitCode: number, stderr: string | RegExp) {
  const text = typeof stderr === "string" ? `${stderr}\n` : expectMatching(stderr);
  return { exitCode, signal: null, stdout: "", stderr: text };
}

function expectMatching(pattern: RegExp): unknown {
  return { asymmetricMatch: (value: unknown) => typeof value === "string" && pattern.test(value) };
}

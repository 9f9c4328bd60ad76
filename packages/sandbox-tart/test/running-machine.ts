import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Emulator, installEmulator, whyNoGuests } from "@nanoclaw/emulator-tart";
import { openAgent } from "../src/agent/open.js";
import { prepareSsh } from "../src/guest/ssh-access.js";
import { openSsh } from "../src/ssh/open.js";
import type { Transport } from "../src/transport.js";
import { context } from "./transport-promises.js";

/** Why there can be no guests here, and what helps. */
export const missing = whyNoGuests();

const never = new Promise<never>(() => undefined);

/** A machine that runs, of an image with this agent. */
export class RunningMachine {
  readonly emulator: Emulator;
  readonly #run: ChildProcess;

  private constructor(emulator: Emulator, run: ChildProcess) {
    this.emulator = emulator;
    this.#run = run;
  }

  static async boot(os: "linux" | "darwin", agent: "old" | "new" | "none"): Promise<RunningMachine> {
    const emulator = await installEmulator();
    await emulator.image({ name: "vm", os, agent });
    const child = spawn(emulator.program, ["run", "--no-graphics", "vm"], {
      env: emulator.environment,
      stdio: "ignore",
    });
    return new RunningMachine(emulator, child);
  }

  agent(os: "linux" | "darwin"): Promise<Transport> {
    const controlSocket = join(this.emulator.home, "vms", "vm", "control.sock");
    return openAgent({ controlSocket, os, signal: AbortSignal.timeout(30_000), runEnded: never });
  }

  /** SSH with a key that was placed by the agent. */
  async ssh(agent: Transport, os: "linux" | "darwin"): Promise<Transport> {
    const { privateKey, hostKey } = await prepareSsh(agent, context.signal);
    const access = { host: await this.address(), port: 22, username: "admin", privateKey, hostKey };
    return await openSsh({ ...access, os, signal: AbortSignal.timeout(30_000), runEnded: never });
  }

  async address(): Promise<string> {
    const { stdout } = await promisify(execFile)(this.emulator.program, ["ip", "--wait", "20", "vm"], {
      env: this.emulator.environment,
    });
    return stdout.trim();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#run.exitCode === null && this.#run.signalCode === null) {
      const ended = once(this.#run, "exit");
      this.#run.kill("SIGINT");
      await ended;
    }
    await this.emulator[Symbol.asyncDispose]();
  }
}

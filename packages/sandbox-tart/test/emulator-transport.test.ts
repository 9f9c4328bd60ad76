import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Emulator, installEmulator, whyNoGuests } from "@nanoclaw/emulator-tart";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openAgent } from "../src/agent/open.js";
import { prepareSsh } from "../src/guest/ssh-access.js";
import { openSsh } from "../src/ssh/open.js";
import type { Transport } from "../src/transport.js";
import { keepsTerminalPromises } from "./terminal-promises.js";
import { context, killsTrees, run } from "./transport-promises.js";

const missing = whyNoGuests();
if (missing) process.stderr.write(`Skipped: commands in emulated machines: ${missing}\n`);

const never = new Promise<never>(() => undefined);

/** A machine that runs, of an image with this agent. */
class Machine {
  readonly emulator: Emulator;
  readonly #run: ChildProcess;

  private constructor(emulator: Emulator, run: ChildProcess) {
    this.emulator = emulator;
    this.#run = run;
  }

  static async boot(os: "linux" | "darwin", agent: "old" | "new" | "none"): Promise<Machine> {
    const emulator = await installEmulator();
    await emulator.image({ name: "vm", os, agent });
    const child = spawn(emulator.program, ["run", "--no-graphics", "vm"], {
      env: emulator.environment,
      stdio: "ignore",
    });
    return new Machine(emulator, child);
  }

  agent(os: "linux" | "darwin"): Promise<Transport> {
    const controlSocket = join(this.emulator.home, "vms", "vm", "control.sock");
    return openAgent({ controlSocket, os, signal: AbortSignal.timeout(30_000), runEnded: never });
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

describe.skipIf(missing).each([
  ["linux", "new"],
  ["darwin", "old"],
] as const)("an emulated machine, %s, agent %s", (os, generation) => {
  let machine: Machine;
  let agent: Transport;
  let ssh: Transport;
  beforeAll(async () => {
    machine = await Machine.boot(os, generation);
    agent = await machine.agent(os);
    const { privateKey, hostKey } = await prepareSsh(agent, context.signal);
    const access = { host: await machine.address(), port: 22, username: "admin", privateKey, hostKey };
    ssh = await openSsh({ ...access, os, signal: AbortSignal.timeout(30_000), runEnded: never });
  });
  afterAll(async () => {
    await ssh?.close();
    await agent?.close();
    await machine?.[Symbol.asyncDispose]();
  });

  it("is told by its generation", () => {
    expect(agent.describe).toBe(`guest agent, ${generation === "new" ? "later than" : "up to"} 0.11`);
    expect(ssh.describe).toBe("SSH, key of admin");
  });

  describe("commands by the agent", () => {
    killsTrees(async () => agent, os);
    keepsTerminalPromises(async () => agent);
  });

  describe("commands by SSH", () => {
    killsTrees(async () => ssh, os);
    keepsTerminalPromises(async () => ssh);
  });

  it("kills what has become root's", async () => {
    for (const transport of [agent, ssh]) {
      const child = await transport.spawn({ argv: ["sudo", "-n", "sleep", "41000000"] }, context);
      const up = "until ps -A -o args= | grep -q '^[s]leep 41000000'; do sleep 0.05; done";
      await run(transport, ["sh", "-c", up]);
      await child.kill?.("SIGKILL");
      const left = await run(transport, ["sh", "-c", "ps -A -o args= | grep -c '[s]leep 41000000'"]);
      expect(left.stdout).toBe("0\n");
    }
  });

  it("runs commands as another user, with the environment that was given", async () => {
    for (const transport of [agent, ssh]) {
      const options = { user: "root", env: { GIVEN: "here" } };
      expect(await run(transport, ["sh", "-c", 'id -u; echo "$GIVEN"'], options)).toMatchObject({
        stdout: "0\nhere\n",
      });
      for (const tty of [undefined, { columns: 80, rows: 24 }]) {
        const unknown = run(transport, ["true"], { user: "nobody-here", tty });
        await expect(unknown).rejects.toMatchObject({ code: "invalid_argument" });
      }
    }
  });
});

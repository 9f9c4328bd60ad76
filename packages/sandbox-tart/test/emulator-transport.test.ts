import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Transport } from "../src/transport.js";
import { missing, RunningMachine } from "./running-machine.js";
import { keepsTerminalPromises } from "./terminal-promises.js";
import { context, killsTrees, run } from "./transport-promises.js";

if (missing) process.stderr.write(`Skipped: commands in emulated machines: ${missing}\n`);

// SSH is the same whatever the agent, so once for each system does for it.
describe.skipIf(missing).each([
  ["linux", "new", true],
  ["darwin", "old", true],
  ["linux", "old", false],
  ["darwin", "new", false],
] as const)("an emulated machine, %s, agent %s", (os, generation, alsoSsh) => {
  let machine: RunningMachine;
  let agent: Transport;
  let ssh: Transport | undefined;
  const ways = () => (ssh ? [agent, ssh] : [agent]);
  beforeAll(async () => {
    machine = await RunningMachine.boot(os, generation);
    agent = await machine.agent(os);
    if (alsoSsh) ssh = await machine.ssh(agent, os);
  });
  afterAll(async () => {
    await ssh?.close();
    await agent?.close();
    await machine?.[Symbol.asyncDispose]();
  });

  it("is told by its generation", () => {
    expect(agent.describe).toBe(`guest agent, ${generation === "new" ? "later than" : "up to"} 0.11`);
    expect(ssh?.describe).toBe(alsoSsh ? "SSH, key of admin" : undefined);
  });

  describe("commands by the agent", () => {
    killsTrees(async () => agent, os);
    keepsTerminalPromises(async () => agent);
  });

  if (alsoSsh) {
    describe("commands by SSH", () => {
      killsTrees(async () => ways()[1] as Transport, os);
      keepsTerminalPromises(async () => ways()[1] as Transport);
    });
  }

  it("kills what has become root's", async () => {
    for (const transport of ways()) {
      const child = await transport.spawn({ argv: ["sudo", "-n", "sleep", "41000000"] }, context);
      const up = "until ps -A -o args= | grep -q '^[s]leep 41000000'; do sleep 0.05; done";
      await run(transport, ["sh", "-c", up]);
      await child.kill?.("SIGKILL");
      const left = await run(transport, ["sh", "-c", "ps -A -o args= | grep -c '[s]leep 41000000'"]);
      expect(left.stdout).toBe("0\n");
    }
  });

  it("runs commands as another user, with the environment that was given", async () => {
    for (const transport of ways()) {
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

  // The last, as there is no agent afterwards. Of SSH it is what the server has for a session that is killed.
  it("tells a command that kills everything of its user as lost, with the output that was read by then", async () => {
    const start = (transport: Transport, then: string) =>
      transport.spawn({ argv: ["sh", "-c", `echo before; read -r line; ${then}; sleep 100`] }, context);
    const killer = await start(agent, "kill -KILL -1");
    const children = [killer, ...(ssh ? [await start(ssh, "true")] : [])];
    const readers = children.map((child) => child.output[Symbol.asyncIterator]());
    for (const reader of readers) {
      expect(Buffer.from((await reader.next()).value.data).toString()).toBe("before\n");
    }
    killer.stdin.end("go\n");
    for (const reader of readers) await expect(reader.next()).rejects.toMatchObject({ code: "sandbox_lost" });
    for (const child of children) {
      await expect(child.exited).rejects.toMatchObject({ code: "sandbox_lost" });
    }
  });
});

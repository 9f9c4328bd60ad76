// Ratios, which a busy machine bends.
// @module-tag thorough

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectGuest } from "../src/connection.js";
import { Tart } from "../src/engine.js";
import { setUpGuest } from "../src/guest-setup.js";
import { settingsFrom } from "../src/options.js";
import type { Transport } from "../src/transport.js";
import { missing, RunningMachine } from "./running-machine.js";
import { context, run } from "./transport-promises.js";

if (missing) process.stderr.write(`Skipped: speed of commands in emulated machines: ${missing}\n`);

/** The median of so many rounds, in milliseconds. */
async function median(rounds: number, work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const began = performance.now();
    await work();
    times.push(performance.now() - began);
  }
  return times.sort((one, other) => one - other)[Math.floor(rounds / 2)] ?? Number.NaN;
}

// All of it is the emulator's, so only how the ways compare with each other says something.
describe.skipIf(missing)("the next command in an emulated machine", () => {
  let machine: RunningMachine;
  let agent: Transport;
  let ssh: Transport;
  beforeAll(async () => {
    machine = await RunningMachine.boot("linux", "new");
    agent = await machine.agent("linux");
    ssh = await machine.ssh(agent, "linux");
  });
  afterAll(async () => {
    await ssh?.close();
    await agent?.close();
    await machine?.[Symbol.asyncDispose]();
  });

  it("takes a fifth at most by the agent of what it takes to start `tart exec` for it", async () => {
    const { program, environment } = machine.emulator;
    const exec = promisify(execFile);
    await run(agent, ["true"]);
    await run(ssh, ["true"]);
    const byAgent = await median(100, () => run(agent, ["true"]));
    const bySsh = await median(100, () => run(ssh, ["true"]));
    const byProgram = await median(5, () => exec(program, ["exec", "vm", "true"], { env: environment }));
    const [first, second, third] = [byAgent, bySsh, byProgram].map((time) => time.toFixed(1));
    process.stdout.write(`Next command, p50: agent ${first} ms, SSH ${second} ms, tart exec ${third} ms\n`);
    expect(byAgent).toBeLessThan(byProgram / 5);
    expect(bySsh).toBeLessThan(byProgram / 5);
  });

  it.each([
    ["agent", "agent"],
    ["ssh", "SSH, its key placed by the agent"],
  ] as const)("comes soon after the guest is ready: by %s", async (connect, way) => {
    const { program, home } = machine.emulator;
    const tart = new Tart(program, home);
    const never = new Promise<never>(() => undefined);
    const running = {
      identity: { pid: 1, startedAt: "" },
      ended: never,
      lost: never,
      release: () => undefined,
    };
    const guest = { vm: "vm", os: "linux", tart, run: running, network: "open" } as const;
    const settings = settingsFrom({ connect });
    const first = await median(7, async () => {
      const { transport } = await connectGuest(guest, settings, context);
      await setUpGuest(transport, { os: "linux", mounts: [], workdir: undefined }, context);
      expect(await run(transport, ["echo", "first"])).toMatchObject({ stdout: "first\n" });
      await transport.close();
    });
    const address = await median(7, () => machine.address());
    const part = connect === "ssh" ? `, of which \`tart ip\` takes ${address.toFixed(0)} ms` : "";
    process.stdout.write(`Guest ready to first output, p50, by ${way}: ${first.toFixed(0)} ms${part}\n`);
    expect(first).toBeLessThan(1_000);
  });
});

import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openAgent } from "../../src/agent/open.js";
import type { Transport } from "../../src/transport.js";
import { run } from "../transport-promises.js";
import { TestAgent } from "./test-agent.js";

/** Prints the processes above it. */
const ancestors = "p=$$; while [ $p -gt 1 ]; do echo $p; p=$(ps -o ppid= -p $p | tr -d ' '); done";

describe.each(["old", "new"] as const)("the shell of the next command, %s agent", (generation) => {
  let agent: TestAgent;
  let transport: Transport;
  beforeEach(async () => {
    agent = await TestAgent.start({ generation });
    const runEnded = new Promise<never>(() => undefined);
    const signal = AbortSignal.timeout(20_000);
    transport = await openAgent({ controlSocket: agent.socket, os: "linux", signal, runEnded });
  });
  afterEach(async () => {
    await transport.close();
    await agent[Symbol.asyncDispose]();
  });

  async function waiting(): Promise<number> {
    await run(transport, ["true"]);
    while (agent.waiting.length !== 1) await delay(5);
    return agent.waiting[0] ?? 0;
  }

  it("waits for it, and serves one command", async () => {
    const first = await waiting();
    const { stdout } = await run(transport, ["sh", "-c", ancestors]);
    expect(stdout.split("\n")).toContain(`${first}`);
    expect(await waiting()).not.toBe(first);
  });

  it("is not waited for by commands of another user or on a terminal", async () => {
    const shell = await waiting();
    const child = await transport.spawn(
      { argv: ["true"], user: "nobody-here" },
      { signal: AbortSignal.timeout(9_000), emit: () => undefined },
    );
    await expect(child.exited).rejects.toThrow();
    expect(agent.waiting).toContain(shell);
  });

  it.each([
    ["is known", 200],
    ["is not known yet", 0],
  ])(
    "may be killed while it waits: the command runs once, with all its input, when that %s",
    async (_, ms) => {
      const shell = await waiting();
      process.kill(shell, "SIGKILL");
      await delay(ms);
      const outcome = await run(transport, ["sh", "-c", "echo ran; cat"], { input: "x".repeat(100_000) });
      expect(outcome).toEqual({
        exitCode: 0,
        signal: null,
        stdout: `ran\n${"x".repeat(100_000)}`,
        stderr: "",
      });
    },
  );

  it("is gone when the connection is closed", async () => {
    await waiting();
    await transport.close();
    while (agent.waiting.length > 0) await delay(5);
  });
});

import { afterAll, beforeAll, describe } from "vitest";
import { openAgent } from "../../src/agent/open.js";
import type { Transport } from "../../src/transport.js";
import { keepsPromises, killsTrees } from "../transport-promises.js";
import { TestAgent } from "./test-agent.js";

const never = new Promise<never>(() => undefined);

describe.each([
  ["old", "linux"],
  ["new", "linux"],
  ["new", "darwin"],
] as const)("commands by the guest agent, %s generation, %s", (generation, os) => {
  let agent: TestAgent;
  let transport: Transport;
  beforeAll(async () => {
    agent = await TestAgent.start({ generation });
    const signal = AbortSignal.timeout(20_000);
    transport = await openAgent({ controlSocket: agent.socket, os, signal, runEnded: never });
  });
  afterAll(async () => {
    await transport?.close();
    await agent?.[Symbol.asyncDispose]();
  });
  // The way of bytes is the same for both systems.
  // So is that of the two generations, but for what `CHECKS=all` looks at.
  const mebibytes = generation === "new" || process.env.CHECKS === "all" ? 256 : 32;
  if (os === "linux") keepsPromises(async () => transport, mebibytes);
  killsTrees(async () => transport, os);
});

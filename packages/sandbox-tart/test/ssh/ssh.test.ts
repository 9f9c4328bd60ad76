import { afterAll, beforeAll, describe } from "vitest";
import { openSsh } from "../../src/ssh/open.js";
import type { Transport } from "../../src/transport.js";
import { keepsPromises, killsTrees } from "../transport-promises.js";
import { missing, TestSshd } from "./test-sshd.js";

const never = new Promise<never>(() => undefined);

if (missing) process.stderr.write(`Skipped: commands by SSH: ${missing}\n`);

describe.skipIf(missing).each(["linux", "darwin"] as const)("commands by SSH, %s", (os) => {
  let server: TestSshd;
  let transport: Transport;
  beforeAll(async () => {
    server = await TestSshd.make();
    await server.start();
    const { port, username, privateKey, hostKey } = server;
    const signal = AbortSignal.timeout(20_000);
    const access = { host: "127.0.0.1", port, username, privateKey, hostKey };
    transport = await openSsh({ ...access, os, signal, runEnded: never });
  });
  afterAll(async () => {
    await transport?.close();
    await server?.[Symbol.asyncDispose]();
  });
  if (os === "linux") keepsPromises(async () => transport, 256);
  killsTrees(async () => transport, os);
});

import { setTimeout as delay } from "node:timers/promises";
import { SandboxError } from "@nanoclaw/sandbox/adapter";
import { describe, expect, it } from "vitest";
import { newKeys } from "../../src/guest/ssh-access.js";
import { type OpenSshOptions, openSsh } from "../../src/ssh/open.js";
import type { Transport } from "../../src/transport.js";
import { context, run } from "../transport-promises.js";
import { missing, TestSshd } from "./test-sshd.js";

const never = new Promise<never>(() => undefined);

function open(server: TestSshd, changed: Partial<OpenSshOptions> = {}): Promise<Transport> {
  const { port, username, privateKey, hostKey } = server;
  const access = { host: "127.0.0.1", port, username, privateKey, hostKey };
  const signal = AbortSignal.timeout(20_000);
  return openSsh({ ...access, os: "linux", signal, runEnded: never, awayMs: 2_000, ...changed });
}

describe.skipIf(missing)("the connection by SSH", () => {
  it("waits for a server that is not there yet", async () => {
    await using server = await TestSshd.make();
    const opening = open(server);
    await delay(300);
    await server.start();
    const transport = await opening;
    expect(await run(transport, ["echo", "here"])).toMatchObject({ stdout: "here\n" });
    await transport.close();
  });

  it("carries a hundred commands, one after the other, on one TCP connection", async () => {
    await using server = await TestSshd.make(["LogLevel VERBOSE"]);
    await server.start();
    const transport = await open(server);
    for (let round = 0; round < 100; round++) {
      expect(await run(transport, ["echo", `${round}`])).toMatchObject({ stdout: `${round}\n` });
    }
    expect(server.connections).toBe(1);
    await transport.close();
  });

  it("opens another connection when the server takes no more sessions on one", async () => {
    await using server = await TestSshd.make(["MaxSessions 3"]);
    await server.start();
    const transport = await open(server);
    const sleepers = await Promise.all(
      Array.from({ length: 8 }, () => transport.spawn({ argv: ["sleep", "100"] }, context)),
    );
    expect(server.connections).toBeGreaterThanOrEqual(3);
    await Promise.all(sleepers.map((sleeper) => sleeper.kill?.("SIGKILL")));
    const ends = await Promise.all(sleepers.map(({ exited }) => exited));
    expect(ends.every(({ signal }) => signal === "SIGKILL")).toBe(true);
    await transport.close();
  });

  it("refuses a server with another host key", async () => {
    await using server = await TestSshd.make();
    await server.start();
    const { publicKey: hostKey } = newKeys();
    await expect(open(server, { hostKey })).rejects.toMatchObject({ code: "permission_denied" });
  });

  it("tells that it is not let in, without the key or password in the error", async () => {
    await using server = await TestSshd.make();
    await server.start();
    const { privateKey } = newKeys();
    const refused = open(server, { privateKey, password: "s3cr3t-password", refusalMs: 500 });
    const error = await refused.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ code: "permission_denied" });
    expect(String((error as Error).stack) + JSON.stringify(error)).not.toContain("s3cr3t");
    expect((error as SandboxError).hint).toMatch(/password/);
  });

  it("ends the waiting when the machine ends, and by its signal", async () => {
    await using server = await TestSshd.make();
    const ended = Promise.resolve(new SandboxError("resource_exhausted", "too many machines"));
    await expect(open(server, { runEnded: ended })).rejects.toMatchObject({ code: "resource_exhausted" });
    const signal = AbortSignal.abort(new SandboxError("aborted", "no"));
    await expect(open(server, { signal })).rejects.toMatchObject({ code: "aborted" });
  });

  it("tells what runs as lost when the connection breaks, and comes back", async () => {
    await using server = await TestSshd.make();
    await server.start();
    const transport = await open(server);
    const child = await transport.spawn({ argv: ["sleep", "100"] }, context);
    await server.stop();
    await expect(child.exited).rejects.toMatchObject({ code: "sandbox_lost" });
    await server.start();
    expect(await run(transport, ["echo", "again"])).toMatchObject({ stdout: "again\n" });
    await server.stop();
    await expect(run(transport, ["true"])).rejects.toMatchObject({ code: "sandbox_lost" });
    expect(await transport.lost).toMatchObject({ code: "sandbox_lost" });
    await transport.close();
  });

  it("drops nothing of standard error that a slow reader has not read when the command ends", async () => {
    await using server = await TestSshd.make();
    await server.start();
    const transport = await open(server);
    const script = "head -c 6000000 /dev/zero; head -c 50000 /dev/zero >&2; exit 7";
    const child = await transport.spawn({ argv: ["sh", "-c", script] }, context);
    await delay(300);
    const bytes = { stdout: 0, stderr: 0 };
    for await (const { stream, data } of child.output) bytes[stream] += data.length;
    expect(bytes).toEqual({ stdout: 6_000_000, stderr: 50_000 });
    expect(await child.exited).toEqual({ exitCode: 7, signal: null });
    await transport.close();
  });
});

import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { SandboxError } from "@nanoclaw/sandbox/adapter";
import { describe, expect, it } from "vitest";
import { openAgent } from "../../src/agent/open.js";
import { context, run } from "../transport-promises.js";
import { Door } from "./door.js";
import { TestAgent, type TestAgentOptions } from "./test-agent.js";

const never = new Promise<never>(() => undefined);

function open(
  controlSocket: string,
  runEnded: Promise<SandboxError> = never,
  signal = AbortSignal.timeout(20_000),
  awayMs = 2_000,
) {
  return openAgent({ controlSocket, os: "linux", signal, runEnded, awayMs });
}

/** A control socket with no agent behind it: connections are taken and closed. */
async function closedDoor(): Promise<
  { socket: string; attempts: { at: number; socket: Socket }[] } & AsyncDisposable
> {
  const directory = await mkdtemp(join(tmpdir(), "door-"));
  const socket = join(directory, "control.sock");
  const attempts: { at: number; socket: Socket }[] = [];
  const server = createServer((connection) => {
    attempts.push({ at: performance.now(), socket: connection });
    connection.destroy();
  }).listen(socket);
  await once(server, "listening");
  return {
    socket,
    attempts,
    async [Symbol.asyncDispose]() {
      server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

// Most of it is waiting.
describe.concurrent("the connection to the guest agent", () => {
  it("waits for a socket that is not there yet", async () => {
    await using agent = await TestAgent.prepare({ generation: "new" });
    const opening = open(agent.socket);
    await agent.listen();
    const transport = await opening;
    expect(transport.describe).toBe("guest agent, later than 0.11");
    expect(await run(transport, ["echo", "here"])).toMatchObject({ stdout: "here\n" });
    await transport.close();
  });

  it("reaches a socket whose path is too long", async () => {
    await using agent = await TestAgent.prepare({ generation: "old" }, 100);
    await agent.listen();
    expect(agent.socket.length).toBeGreaterThan(108);
    const transport = await open(agent.socket);
    expect(transport.describe).toBe("guest agent, up to 0.11");
    expect(await run(transport, ["echo", "far"])).toMatchObject({ stdout: "far\n" });
    await transport.close();
  });

  it("tries again after a second at the earliest, and on and on, while nobody is behind the socket (Tart 1346)", async () => {
    await using door = await closedDoor();
    const controller = new AbortController();
    const opening = open(door.socket, never, controller.signal);
    opening.catch(() => undefined);
    while (door.attempts.length < 4) await delay(50);
    controller.abort(new SandboxError("timeout", "enough"));
    await expect(opening).rejects.toMatchObject({ code: "timeout" });
    const times = door.attempts.map(({ at }) => at);
    for (let index = 1; index < times.length; index++) {
      expect((times[index] as number) - (times[index - 1] as number)).toBeGreaterThan(990);
    }
  });

  it("does not give up a connection that was only begun (Tart 1346)", async () => {
    const directory = await mkdtemp(join(tmpdir(), "silent-"));
    const socket = join(directory, "control.sock");
    let lasted = Number.POSITIVE_INFINITY;
    const connections: Socket[] = [];
    const server = createServer((connection) => {
      const began = performance.now();
      connection.on("close", () => {
        lasted = performance.now() - began;
      });
      connection.resume();
      connections.push(connection);
    }).listen(socket);
    await once(server, "listening");
    const controller = new AbortController();
    const opening = open(socket, never, controller.signal);
    opening.catch(() => undefined);
    await once(server, "connection");
    controller.abort(new SandboxError("aborted", "enough"));
    await expect(opening).rejects.toMatchObject({ code: "aborted" });
    await delay(900);
    expect(lasted).toBeGreaterThan(900);
    for (const connection of connections) connection.destroy();
    server.close();
    await rm(directory, { recursive: true });
  });

  it("ends the waiting when the machine ends, with its words", async () => {
    await using door = await closedDoor();
    let end: (error: SandboxError) => void = () => undefined;
    const ended = new Promise<SandboxError>((resolve) => {
      end = resolve;
    });
    const opening = open(door.socket, ended);
    end(new SandboxError("resource_exhausted", "The number of VMs exceeds the system limit"));
    await expect(opening).rejects.toMatchObject({ code: "resource_exhausted" });
  });

  it("comes back after the agent has closed an idle connection", async () => {
    await using agent = await TestAgent.start({ generation: "new", idleMs: 300 });
    const transport = await open(agent.socket);
    for (let round = 0; round < 3; round++) {
      await delay(500);
      expect(await run(transport, ["echo", `${round}`])).toMatchObject({ stdout: `${round}\n` });
    }
    await transport.close();
  });

  it.each(["request", "answer"] as const)(
    "starts a command anew, and once, whose connection ended before it was told to run: no %s",
    async (cut) => {
      await using agent = await TestAgent.start({ generation: "new" });
      await using door = await Door.before(agent.socket);
      const transport = await open(door.socket);
      door.cut = cut;
      const script = "read -r line; echo $line >>$FILE; cat $FILE";
      const options = { env: { FILE: join(dirname(door.socket), "runs") }, input: "ran\n" };
      expect(await run(transport, ["sh", "-c", script], options)).toMatchObject({ stdout: "ran\n" });
      expect(door.cuts).toBe(1);
      await transport.close();
    },
  );

  it("tells a command as lost that an agent up to 0.11 may have begun", async () => {
    await using agent = await TestAgent.start({ generation: "old" });
    await using door = await Door.before(agent.socket);
    const transport = await open(door.socket);
    door.cut = "request";
    await expect(run(transport, ["true"])).rejects.toMatchObject({ code: "sandbox_lost" });
    expect(await run(transport, ["echo", "next"])).toMatchObject({ stdout: "next\n" });
    await transport.close();
  });

  it("keeps a connection open on which a command is silent", async () => {
    await using agent = await TestAgent.start({ generation: "new", idleMs: 200 });
    const transport = await open(agent.socket);
    expect(await run(transport, ["sh", "-c", "sleep 1; echo late"])).toMatchObject({ stdout: "late\n" });
    await transport.close();
  });

  it.each(["old", "new"] as const)(
    "tells a command as lost when the connection breaks, %s",
    async (generation) => {
      await using agent = await TestAgent.start({ generation } satisfies TestAgentOptions);
      const transport = await open(agent.socket);
      const child = await transport.spawn({ argv: ["sh", "-c", "echo begun; sleep 100"] }, context);
      const output: string[] = [];
      const reading = (async () => {
        for await (const { data } of child.output) {
          output.push(Buffer.from(data).toString());
          agent.stop();
        }
      })();
      await expect(child.exited).rejects.toMatchObject({ code: "sandbox_lost" });
      await expect(reading).rejects.toMatchObject({ code: "sandbox_lost" });
      expect(output.join("")).toBe("begun\n");
      await child.kill?.("SIGKILL");
      // Nobody comes back: the way is given up, and says so.
      await expect(run(transport, ["true"])).rejects.toMatchObject({ code: "sandbox_lost" });
      expect((await transport.lost).hint).toMatch(/1346/);
      await transport.close();
    },
  );

  it("is given up before its time when nobody takes connections any more (Tart 1346)", async () => {
    await using agent = await TestAgent.start({ generation: "new" });
    const door = await Door.before(agent.socket);
    const transport = await open(door.socket, never, undefined, 60_000);
    await door[Symbol.asyncDispose]();
    await expect(run(transport, ["true"])).rejects.toMatchObject({ hint: expect.stringContaining("1346") });
    expect(await transport.lost).toMatchObject({ code: "sandbox_lost" });
    await transport.close();
  });

  it("tells all that runs why it is lost when the machine ends", async () => {
    await using agent = await TestAgent.start({ generation: "new" });
    let end: (error: SandboxError) => void = () => undefined;
    const ended = new Promise<SandboxError>((resolve) => {
      end = resolve;
    });
    const transport = await open(agent.socket, ended);
    const child = await transport.spawn({ argv: ["sleep", "100"] }, context);
    end(new SandboxError("sandbox_lost", "The machine was stopped."));
    await transport.lost;
    agent.stop();
    await expect(child.exited).rejects.toMatchObject({ message: "The machine was stopped." });
    await expect(run(transport, ["true"])).rejects.toMatchObject({ message: "The machine was stopped." });
    await transport.close();
  });

  // The command itself may run on: where the guest has setsid, it is in a session that the agent does not know of.
  it("cancels what runs when it is closed, so that the agent ends what it has started", async () => {
    await using agent = await TestAgent.start({ generation: "new" });
    const transport = await open(agent.socket);
    const child = await transport.spawn({ argv: ["cat"] }, context);
    await transport.close();
    await expect(child.exited).rejects.toMatchObject({ code: "sandbox_lost" });
    await expect.poll(() => agent.runningCount).toBe(0);
  });

  it("is not held up by a command whose signal is aborted already", async () => {
    await using agent = await TestAgent.start({ generation: "new" });
    const transport = await open(agent.socket);
    const aborted = { signal: AbortSignal.abort(new SandboxError("aborted", "no")), emit: () => undefined };
    await expect(transport.spawn({ argv: ["true"] }, aborted)).rejects.toMatchObject({ code: "aborted" });
    await transport.close();
  });
});

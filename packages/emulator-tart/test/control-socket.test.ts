import { once } from "node:events";
import { existsSync, statSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { waitUntilGone } from "@nanoclaw/test-engines";
import { describe, expect, it } from "vitest";
import { AgentCalls } from "./agent-calls.js";
import { start, succeed } from "./cli.js";
import { Machines, needsGuests } from "./running.js";

function socketPath(machines: Machines, name: string): string {
  return join(machines.emulator.home, "vms", name, "control.sock");
}

async function connected(path: string): Promise<Socket> {
  const socket = connect(path);
  await once(socket, "connect");
  return socket;
}

/** Does not leave the one that is taken. */
async function takesConnections(machines: Machines, name: string): Promise<boolean> {
  const socket = await connected(socketPath(machines, name)).catch(() => undefined);
  socket?.on("error", () => socket.destroy()).resume();
  return socket !== undefined;
}

describe.concurrent("the control socket", () => {
  needsGuests();

  it("is a new one after each start", async () => {
    await using machines = await Machines.install();
    const first = await machines.boot("linux");
    const { ino } = statSync(socketPath(machines, "linux"));
    first.child.kill("SIGINT");
    await first.result;
    expect(statSync(socketPath(machines, "linux")).ino).toBe(ino);
    await expect(connected(socketPath(machines, "linux"))).rejects.toMatchObject({ code: "ECONNREFUSED" });
    await machines.boot("linux");
    (await connected(socketPath(machines, "linux"))).destroy();
  });

  it("keeps the first who comes until an agent that is there from the start answers", async () => {
    await using machines = await Machines.install();
    const running = machines.run("linux");
    await waitUntilGone(() => !existsSync(socketPath(machines, "linux")), 10_000);
    const first = await connected(socketPath(machines, "linux"));
    first.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0");
    await Promise.race([once(first, "data"), once(first, "close")]);
    expect(first.bytesRead).toBeGreaterThan(0);
    first.destroy();
    await running;
  });

  it("works below a path that no client can name", async () => {
    await using machines = await Machines.install();
    const name = `machine-${"x".repeat(100)}`;
    await succeed(machines.emulator, "clone", "linux", name);
    await machines.boot(name);
    expect(await succeed(machines.emulator, "exec", name, "echo", "in")).toBe("in\n");
    await expect(connected(socketPath(machines, name))).rejects.toThrow();
  });

  it("accepts and closes while no agent listens, and does so again and again", async () => {
    await using machines = await Machines.install({ settings: { agentMs: 60_000, faults: ["wedge:1"] } });
    await machines.run("linux");
    await waitUntilGone(() => !existsSync(socketPath(machines, "linux")), 5000);
    for (const _ of [1, 2, 3]) {
      const socket = await connected(socketPath(machines, "linux"));
      socket.resume();
      await once(socket, "close");
      expect(socket.bytesRead).toBe(0);
    }
    // Each was closed by the other side. One that leaves by itself is another matter.
    (await connected(socketPath(machines, "linux"))).destroy();
    await waitUntilGone(() => takesConnections(machines, "linux"), 5000);
  });

  it("does not tell the guest of a client that is gone, until the guest writes", async () => {
    await using machines = await Machines.install();
    const { home } = machines.emulator;
    await machines.boot("linux");
    using watcher = new AgentCalls(home, "linux");
    await watcher.ready();
    const running = async () => {
      const { stdout } = await watcher.run("pgrep", ["-f", "^sh -c echo up; read"]);
      return stdout.toString().split("\n").filter(Boolean);
    };
    await watcher.run("mkfifo", ["/tmp/gate"]);
    const script = "echo up; read line </tmp/gate; while echo on; do sleep 0.05; done";
    // `tart exec` is such a client.
    const client = start(machines.emulator, ["exec", "linux", "sh", "-c", script]);
    await once(client.child.stdout, "data");
    client.child.kill("SIGKILL");
    await client.result;
    expect(await running()).toHaveLength(1);
    await watcher.run("sh", ["-c", "echo > /tmp/gate"]);
    await waitUntilGone(running, 5000);
  });

  it("ends for good when a client leaves at once, where that fault is on", async () => {
    await using machines = await Machines.install({ settings: { faults: ["wedge:1"] } });
    const running = await machines.boot("linux");
    using patient = new AgentCalls(machines.emulator.home, "linux");
    await patient.ready();
    (await connected(socketPath(machines, "linux"))).destroy();
    await waitUntilGone(() => takesConnections(machines, "linux"), 5000);
    // What was connected before goes on.
    expect((await patient.run("echo", ["still"])).stdout.toString()).toBe("still\n");
    running.child.kill("SIGINT");
    expect((await running.result).stdout).toBe(
      "Failed to run control socket: NIOFcntlFailedError()\nStopping VM...\n",
    );
    await machines.boot("linux");
  });

  it("is closed by a later agent that nobody calls, and takes the next connection", async () => {
    await using machines = await Machines.install();
    await machines.boot("linux");
    const idle = connect(socketPath(machines, "linux"));
    idle.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0");
    idle.resume();
    const started = performance.now();
    await once(idle, "close");
    expect(performance.now() - started).toBeGreaterThan(4000);
    await machines.tart("exec", "linux", "true");
  }, 60_000);
});

// @module-tag thorough

import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { policy } from "../src/vm/softnet.js";
import { Machines, needsGuests } from "./running.js";

describe("the rules of Softnet", () => {
  it("let the longest prefix win, and of two equal ones the block", () => {
    const rules = policy({
      allow: "10.0.0.0/8,10.1.2.3/32,10.9.0.0/16",
      block: "10.9.0.0/16,0.0.0.0/0",
      hostOnly: false,
    });
    expect(rules.slice(0, 5).map(({ network, verdict }) => `${network} ${verdict}`)).toEqual([
      "10.1.2.3/32 ACCEPT",
      "10.9.0.0/16 DROP",
      "10.9.0.0/16 ACCEPT",
      "10.0.0.0/8 ACCEPT",
      "0.0.0.0/0 DROP",
    ]);
  });

  it("let a guest reach the gateway and no private network, or the host alone", () => {
    const networks = (hostOnly: boolean) =>
      policy({ hostOnly }).map(({ network, verdict }) => `${network} ${verdict}`);
    expect(networks(false)).toContain("192.168.64.1/32 ACCEPT");
    expect(networks(false)).toContain("192.168.0.0/16 DROP");
    expect(networks(false).at(-1)).toBe("0.0.0.0/0 ACCEPT");
    expect(networks(true).at(-1)).toBe("0.0.0.0/0 DROP");
  });
});

describe("run with Softnet", () => {
  needsGuests();

  it("keeps a guest from what is blocked, and stops the machine when its helper dies", async () => {
    await using machines = await Machines.install({ softnet: true });
    const server = createServer((socket) => socket.end("host\n")).listen(0, "0.0.0.0");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    try {
      const script = `exec 3<>/dev/tcp/192.168.64.1/${port} && cat <&3`;
      const reach = () => machines.tart("exec", "linux", "timeout", "1", "bash", "-c", script);
      const open = await machines.boot("linux", "--net-softnet");
      expect(await reach()).toMatchObject({ exitCode: 0, stdout: "host\n" });
      open.child.kill("SIGINT");
      await open.result;
      const closed = await machines.boot("linux", "--net-softnet-block=0.0.0.0/0");
      expect(await reach()).toMatchObject({ exitCode: 124, stdout: "" });
      // The helper of this emulator is a `cat`.
      process.kill(childOf(closed.child.pid ?? 0, "cat"), "SIGKILL");
      expect(await closed.result).toMatchObject({
        exitCode: 1,
        stderr: 'RuntimeFailed(why: "Softnet process terminated prematurely")\n',
      });
    } finally {
      server.close();
    }
    expect(await machines.emulator.leftovers()).toEqual([]);
  });
});

function childOf(parent: number, name: string): number {
  const children = readFileSync(`/proc/${parent}/task/${parent}/children`, "utf8").trim().split(" ");
  return Number(children.find((pid) => readFileSync(`/proc/${pid}/comm`, "utf8").trim() === name));
}

import { describe, expect, it } from "vitest";
import { succeed } from "./cli.js";
import { failure, Machines, needsGuests } from "./running.js";

const none = "no IP address found";
const agentHint = " (also make sure that Guest agent for Tart is running inside of a VM)";
const arpHint = " (not all Linux distributions are compatible with the ARP resolver)";

describe.concurrent("ip", () => {
  needsGuests();

  it("finds a guest's address by every resolver, and by its lease when it has stopped", async () => {
    await using machines = await Machines.install();
    await machines.boot("linux");
    const address = await succeed(machines.emulator, "ip", "linux");
    expect(address).toMatch(/^192\.168\.\d+\.\d+\n$/);
    for (const resolver of ["dhcp", "arp", "agent"]) {
      expect(await succeed(machines.emulator, "ip", "linux", "--resolver", resolver)).toBe(address);
    }
    await succeed(machines.emulator, "stop", "linux");
    expect(await succeed(machines.emulator, "ip", "linux")).toBe(address);
    expect(await machines.tart("ip", "--resolver=arp", "linux")).toEqual(
      failure(1, `${none}, is your VM running?${arpHint}`),
    );
  });

  it("looks for a second at least before it gives up", async () => {
    await using machines = await Machines.install();
    const started = performance.now();
    expect(await machines.tart("ip", "mac")).toEqual(failure(1, `${none}, is your VM running?`));
    expect(performance.now() - started).toBeGreaterThanOrEqual(1000);
    expect(await machines.tart("ip", "--resolver=agent", "mac")).toEqual(
      failure(1, `${none}, is your VM running?${agentHint}`),
    );
    expect(await machines.tart("ip", "nope")).toEqual(failure(2, 'the specified VM "nope" does not exist'));
  });

  it("waits as long as it is told to", async () => {
    await using machines = await Machines.install({ settings: { bootMs: 1500 } });
    await machines.run("linux");
    expect(await machines.tart("ip", "linux", "--wait", "20")).toMatchObject({ exitCode: 0 });
  });

  it("says nothing and exits well when that fault is on", async () => {
    await using machines = await Machines.install({ settings: { faults: ["ip-empty:1"] } });
    expect(await machines.tart("ip", "mac")).toEqual({ exitCode: 0, signal: null, stdout: "", stderr: "" });
    expect(await machines.tart("ip", "mac")).toMatchObject({ exitCode: 1 });
  });
});

// @module-tag thorough

import { existsSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { succeed } from "./cli.js";
import { configOf, machine } from "./fixture.js";
import { failure, Machines, needsGuests } from "./running.js";

const collision =
  "There is already a running VM with the same MAC address!\nResetting VM to assign a new MAC address...\n";
const resumed = "restoring VM state from a snapshot...\nresuming VM...\n";

/** Boots a machine with macOS and saves its state. */
async function suspend(machines: Machines, name: string) {
  const running = await machines.boot(name, "--suspendable");
  expect(await machines.tart("suspend", name)).toEqual({ exitCode: 0, signal: null, stdout: "", stderr: "" });
  return running.result;
}

describe.concurrent("suspend", () => {
  needsGuests();

  it("saves a machine whose run then ends, and the next run resumes it", async () => {
    await using machines = await Machines.install();
    expect(await suspend(machines, "mac")).toEqual({
      exitCode: 0,
      signal: null,
      stdout:
        "pausing VM to take a snapshot...\ncreating a snapshot...\n" +
        "snapshot created successfully! shutting down the VM...\n",
      stderr: "",
    });
    expect(await machines.state("mac")).toBe("suspended");
    const running = await machines.boot("mac");
    running.child.kill("SIGINT");
    expect((await running.result).stdout).toBe(`${resumed}Stopping VM...\n`);
    expect(await machines.state("mac")).toBe("stopped");
  });

  it("ends a machine that was not booted for it, and exits well itself, before", async () => {
    await using machines = await Machines.install();
    const running = await machines.boot("mac");
    running.child.kill("SIGSTOP");
    expect(await machines.tart("suspend", "mac")).toEqual({
      exitCode: 0,
      signal: null,
      stdout: "",
      stderr: "",
    });
    expect(await machines.state("mac")).toBe("running");
    running.child.kill("SIGCONT");
    const { exitCode, stdout } = await running.result;
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^pausing VM to take a snapshot...\nFailed to suspend the VM: /);
    expect(await machines.state("mac")).toBe("stopped");
  });

  it("tells of a machine that does not run in a message within a message, a suspended one too", async () => {
    await using machines = await Machines.install();
    const notRunning = failure(2, 'VM "VM "mac" is not running" is not running');
    expect(await machines.tart("suspend", "mac")).toEqual(notRunning);
    writeFileSync(machine(machines.emulator, "mac").savedState, "{}");
    expect(await machines.tart("suspend", "mac")).toEqual(notRunning);
    expect(await machines.state("mac")).toBe("suspended");
    expect(await machines.tart("suspend", "nope")).toEqual(
      failure(2, 'the specified VM "nope" does not exist'),
    );
  });

  it("keeps the MAC address in copies, of which one alone resumes", async () => {
    await using machines = await Machines.install();
    const { emulator } = machines;
    await suspend(machines, "mac");
    await succeed(emulator, "clone", "mac", "copy");
    expect(configOf(emulator, "copy").macAddress).toBe(configOf(emulator, "mac").macAddress);
    expect(await machines.state("copy")).toBe("suspended");
    const [first, second] = [await machines.boot("mac"), await machines.boot("copy")];
    for (const { child } of [first, second]) child.kill("SIGINT");
    expect((await first.result).stdout).toBe(`${resumed}Stopping VM...\n`);
    expect((await second.result).stdout).toBe(`${collision}Stopping VM...\n`);
    expect(configOf(emulator, "copy").macAddress).not.toBe(configOf(emulator, "mac").macAddress);
  });

  it("cannot restore into other devices, nor when that fault is on, and keeps the state", async () => {
    await using machines = await Machines.install();
    const { emulator } = machines;
    await suspend(machines, "mac");
    const invalid = {
      exitCode: 1,
      stdout: "restoring VM state from a snapshot...\n",
      stderr: expect.stringMatching(/^Error Domain=VZErrorDomain Code=12 .*invalid argument/),
    };
    expect(await machines.tart("run", "--dir", emulator.home, "mac")).toMatchObject(invalid);
    emulator.settings({ faults: ["restore"] });
    expect(await machines.tart("run", "mac")).toMatchObject(invalid);
    expect(existsSync(machine(emulator, "mac").savedState)).toBe(true);
    expect(await machines.tart("stop", "mac")).toMatchObject({ exitCode: 0 });
    expect(await machines.state("mac")).toBe("stopped");
    const running = await machines.boot("mac");
    running.child.kill("SIGINT");
    expect((await running.result).stdout).toBe("Stopping VM...\n");
  });
});

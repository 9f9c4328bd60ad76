// @module-tag thorough

import { existsSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { machine } from "./fixture.js";
import { failure, Machines, needsGuests } from "./running.js";

const nothingSaid = { exitCode: 0, signal: null, stdout: "", stderr: "" };

describe.concurrent("stop", () => {
  needsGuests();

  it("fails for machines that do not run, and throws a saved state away", async () => {
    await using machines = await Machines.install();
    const { savedState } = machine(machines.emulator, "mac");
    expect(await machines.tart("stop", "nope")).toEqual(failure(2, 'the specified VM "nope" does not exist'));
    expect(await machines.tart("stop", "mac")).toEqual(failure(2, 'VM "mac" is not running'));
    writeFileSync(savedState, "{}");
    expect(await machines.tart("stop", "mac")).toEqual(nothingSaid);
    expect(existsSync(savedState)).toBe(false);
    expect(await machines.state("mac")).toBe("stopped");
    expect(await machines.tart("stop", "mac")).toEqual(failure(2, 'VM "mac" is not running'));
  });

  it("returns when the machine is off", async () => {
    await using machines = await Machines.install();
    const running = await machines.boot("linux");
    expect(await machines.tart("stop", "linux")).toEqual(nothingSaid);
    expect(await machines.state("linux")).toBe("stopped");
    expect(await running.result).toMatchObject({ exitCode: 0, stdout: "Stopping VM...\n" });
  });

  it("kills a machine that takes longer than it may, or that may take no time", async () => {
    await using machines = await Machines.install();
    const patient = await machines.boot("linux");
    // Takes no signal but the last.
    patient.child.kill("SIGSTOP");
    const began = performance.now();
    expect(await machines.tart("stop", "-t", "1", "linux")).toEqual(nothingSaid);
    expect(performance.now() - began).toBeGreaterThan(1000);
    expect(await patient.result).toMatchObject({ signal: "SIGKILL", stdout: "" });
    const hasty = await machines.run("linux");
    expect(await machines.tart("stop", "--timeout", "0", "linux")).toEqual(nothingSaid);
    expect(await hasty.result).toMatchObject({ signal: "SIGKILL" });
    expect(await machines.state("linux")).toBe("stopped");
  });
});

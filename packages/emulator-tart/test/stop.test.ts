import { existsSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { machine } from "./fixture.js";
import { failure, Machines, needsGuests } from "./running.js";

describe.concurrent("stop", () => {
  needsGuests();

  it("fails for machines that do not run, and throws a saved state away", async () => {
    await using machines = await Machines.install();
    const { savedState } = machine(machines.emulator, "mac");
    expect(await machines.tart("stop", "nope")).toEqual(failure(2, 'the specified VM "nope" does not exist'));
    expect(await machines.tart("stop", "mac")).toEqual(failure(2, 'VM "mac" is not running'));
    writeFileSync(savedState, "{}");
    expect(await machines.tart("stop", "mac")).toMatchObject({ exitCode: 0, stdout: "", stderr: "" });
    expect(existsSync(savedState)).toBe(false);
  });

  it("returns when the machine is off", async () => {
    await using machines = await Machines.install();
    const running = await machines.boot("linux");
    expect(await machines.tart("stop", "linux")).toMatchObject({ exitCode: 0, stdout: "", stderr: "" });
    expect(await machines.state("linux")).toBe("stopped");
    expect(await running.result).toMatchObject({ exitCode: 0, stdout: "Stopping VM...\n" });
  });

  it("kills a machine that takes too long and returns without waiting for its end", async () => {
    await using machines = await Machines.install();
    const running = await machines.boot("linux");
    // Takes no signal but the last.
    running.child.kill("SIGSTOP");
    expect(await machines.tart("stop", "--timeout", "0", "linux")).toMatchObject({ exitCode: 0 });
    expect(await running.result).toMatchObject({ signal: "SIGKILL" });
  });
});

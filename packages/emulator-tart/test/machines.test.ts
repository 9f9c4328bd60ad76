import { rmSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { succeed, tart } from "./cli.js";
import { configOf, machine, pretendToRun, useEmulator } from "./fixture.js";
import { complaint } from "./usages.js";

const given = useEmulator();

describe("delete", () => {
  it("takes several names, says nothing, and stops at the first that is missing", async () => {
    const { emulator } = given;
    await succeed(emulator, "clone", "base", "a");
    await succeed(emulator, "clone", "base", "b");
    expect(await tart(emulator, ["delete", "a", "missing", "b"])).toEqual({
      exitCode: 2,
      signal: null,
      stdout: "",
      stderr: 'the specified VM "missing" does not exist\n',
    });
    expect(emulator.leftovers()).toEqual(["machine b"]);
    expect(await tart(emulator, ["delete", "b"])).toEqual({
      exitCode: 0,
      signal: null,
      stdout: "",
      stderr: "",
    });
    expect(emulator.leftovers()).toEqual([]);
  });

  it("deletes a suspended machine, and calls one without configuration missing", async () => {
    const { emulator } = given;
    writeFileSync(machine(emulator, "base").savedState, "");
    await succeed(emulator, "delete", "base");
    rmSync(machine(emulator, "linux").config);
    const { exitCode, stderr } = await tart(emulator, ["delete", "linux"]);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: 'the specified VM "linux" does not exist\n',
    });
  });

  it.each([
    ["2.40.1, by default", {}, 2, 'the specified VM "base" does not exist\n'],
    ["2.39.0", { version: "2.39.0" }, 2, 'the specified VM "base" does not exist\n'],
    ["2.27.0", { version: "2.27.0" }, 2, 'the specified VM "base" does not exist\n'],
    ["2.26.3", { version: "2.26.3" }, 1, 'VM "base" is running\n'],
    ["2.4.1", { version: "2.4.1" }, 1, 'VM "base" is running\n'],
    ["2.40.1, corrected", { deleteCollision: false }, 1, 'VM "base" is running\n'],
  ])("keeps a running machine, in the words of %s", async (_, settings, exitCode, stderr) => {
    const { emulator } = given;
    emulator.settings(settings);
    const lock = await pretendToRun(emulator, "base");
    expect(await tart(emulator, ["delete", "base"])).toEqual({ exitCode, signal: null, stdout: "", stderr });
    expect(machine(emulator, "base").isComplete).toBe(true);
    lock.release();
    await succeed(emulator, "delete", "base");
  });

  it("did not look before 2.4.1", async () => {
    const { emulator } = given;
    emulator.settings({ version: "2.4.0" });
    const lock = await pretendToRun(emulator, "base");
    await succeed(emulator, "delete", "base");
    lock.release();
  });
});

describe("rename", () => {
  it("refuses a missing machine and a name that is taken, with the usage of the program", async () => {
    const { emulator } = given;
    const missing = "failed to rename a non-existent local VM: x";
    expect(await tart(emulator, ["rename", "x", "y"])).toMatchObject({
      exitCode: 64,
      stderr: complaint(missing, "root"),
    });
    const taken = "failed to rename VM base, target VM linux already exists, delete it first!";
    expect(await tart(emulator, ["rename", "base", "linux"])).toMatchObject({
      exitCode: 64,
      stderr: complaint(taken, "root"),
    });
  });

  it("renames a machine that runs, which goes on under its new name", async () => {
    const { emulator } = given;
    const lock = await pretendToRun(emulator, "base");
    expect(await tart(emulator, ["rename", "base", "other"])).toEqual({
      exitCode: 0,
      signal: null,
      stdout: "",
      stderr: "",
    });
    expect(JSON.parse(await succeed(emulator, "get", "other", "--format", "json")).State).toBe("running");
    lock.release();
  });
});

describe("set", () => {
  it("changes what it is told and keeps the rest", async () => {
    const { emulator } = given;
    const before = configOf(emulator, "base");
    await succeed(
      emulator,
      "set",
      "base",
      "--cpu",
      "6",
      "--memory",
      "8192",
      "--display",
      "800x600pt",
      "--disk-size",
      "30",
    );
    expect(configOf(emulator, "base")).toEqual({
      ...before,
      cpuCount: 6,
      memorySize: 8192 * 2 ** 20,
      display: { width: 800, height: 600, unit: "pt" },
    });
    const { CPU, Memory, Disk, Display } = JSON.parse(
      await succeed(emulator, "get", "base", "--format", "json"),
    );
    expect({ CPU, Memory, Disk, Display }).toEqual({ CPU: 6, Memory: 8192, Disk: 30, Display: "800x600pt" });
  });

  it("ignores what it cannot read of a display", async () => {
    const { emulator } = given;
    await succeed(emulator, "set", "base", "--display", "widex600");
    expect(configOf(emulator, "base").display).toEqual({ width: 1024, height: 600 });
    await succeed(emulator, "set", "base", "--display", "nonsense");
    expect(configOf(emulator, "base").display).toEqual({ width: 1024, height: 600 });
  });

  it("forgets displayRefit at every call that does not name it", async () => {
    const { emulator } = given;
    await succeed(emulator, "set", "base", "--display-refit");
    expect(configOf(emulator, "base").displayRefit).toBe(true);
    await succeed(emulator, "set", "base", "--display-refit", "--no-display-refit");
    expect(configOf(emulator, "base").displayRefit).toBe(false);
    await succeed(emulator, "set", "base", "--cpu", "5");
    expect(configOf(emulator, "base")).not.toHaveProperty("displayRefit");
  });

  it("gives a new address to all, and a new serial number to macOS alone", async () => {
    const { emulator } = given;
    const [mac, linux] = [configOf(emulator, "base"), configOf(emulator, "linux")];
    await succeed(emulator, "set", "base", "--random-mac", "--random-serial");
    await succeed(emulator, "set", "linux", "--random-mac", "--random-serial");
    expect(configOf(emulator, "base").macAddress).not.toBe(mac.macAddress);
    expect(configOf(emulator, "base").ecid).not.toBe(mac.ecid);
    expect(configOf(emulator, "linux").macAddress).not.toBe(linux.macAddress);
    expect(configOf(emulator, "linux")).not.toHaveProperty("ecid");
  });

  it.each([
    [
      ["base", "--cpu", "2"],
      "Error: LessThanMinimalResourcesError: VM should have 4 CPU cores at minimum (requested 2)\n",
    ],
    [
      ["base", "--memory", "1024"],
      "Error: LessThanMinimalResourcesError: VM should have 4294967296 bytes of memory at minimum (requested 1073741824)\n",
    ],
    [
      ["base", "--disk-size", "19"],
      "new disk size of 19 GB should be larger than the current disk size of 20 GB\n",
    ],
  ])("refuses %j with exit code 1", async (argv, stderr) => {
    const { emulator } = given;
    expect(await tart(emulator, ["set", ...argv])).toEqual({ exitCode: 1, signal: null, stdout: "", stderr });
  });

  it("changes a machine that runs, whose lock stays", async () => {
    const { emulator } = given;
    const lock = await pretendToRun(emulator, "base");
    await succeed(emulator, "set", "base", "--cpu", "8");
    expect(JSON.parse(await succeed(emulator, "get", "base", "--format", "json"))).toMatchObject({
      CPU: 8,
      State: "running",
    });
    lock.release();
  });

  it("replaces the disk and what is on it", async () => {
    const { emulator } = given;
    await succeed(emulator, "set", "linux", "--disk", machine(emulator, "base").disk);
    expect(machine(emulator, "linux").readContents()).toEqual({ agent: "new" });
  });
});

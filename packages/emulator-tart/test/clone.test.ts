import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { hold, readSockets } from "../src/store/locks.js";
import { start, succeed, tart } from "./cli.js";
import { configOf, machine, pretendToRun, useEmulator } from "./fixture.js";
import { complaint } from "./usages.js";

const given = useEmulator();

describe("clone", () => {
  it("copies the machine and says nothing", async () => {
    const { emulator } = given;
    expect(await tart(emulator, ["clone", "base", "copy"])).toEqual({
      exitCode: 0,
      signal: null,
      stdout: "",
      stderr: "",
    });
    const [source, copy] = [configOf(emulator, "base"), configOf(emulator, "copy")];
    expect({ ...copy, macAddress: source.macAddress }).toEqual(source);
    expect(machine(emulator, "copy").diskSize).toBe(machine(emulator, "base").diskSize);
    expect(machine(emulator, "copy").readContents()).toEqual({ agent: "new" });
    expect(emulator.leftovers()).toEqual(["machine copy"]);
  });

  it("gives the copy of a local machine a MAC address of its own", async () => {
    const { emulator } = given;
    await succeed(emulator, "clone", "base", "copy");
    expect(configOf(emulator, "copy").macAddress).toMatch(/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/);
    expect(configOf(emulator, "copy").macAddress).not.toBe(configOf(emulator, "base").macAddress);
  });

  it("keeps the MAC address and the saved state of a suspended one", async () => {
    const { emulator } = given;
    writeFileSync(machine(emulator, "base").savedState, "state");
    await succeed(emulator, "clone", "base", "copy");
    expect(configOf(emulator, "copy").macAddress).toBe(configOf(emulator, "base").macAddress);
    expect(readFileSync(machine(emulator, "copy").savedState, "utf8")).toBe("state");
    expect(JSON.parse(await succeed(emulator, "get", "copy", "--format", "json")).State).toBe("suspended");
  });

  it("leaves the control socket behind", async () => {
    const { emulator } = given;
    writeFileSync(machine(emulator, "base").controlSocket, "");
    await succeed(emulator, "clone", "base", "copy");
    expect(existsSync(machine(emulator, "copy").controlSocket)).toBe(false);
  });

  it("copies a machine that runs", async () => {
    const { emulator } = given;
    const lock = await pretendToRun(emulator, "base");
    await succeed(emulator, "clone", "base", "copy");
    lock.release();
  });

  it("replaces a machine of the new name silently, also one that runs", async () => {
    const { emulator } = given;
    const lock = await pretendToRun(emulator, "linux");
    expect(await tart(emulator, ["clone", "base", "linux"])).toMatchObject({
      exitCode: 0,
      stdout: "",
      stderr: "",
    });
    expect(configOf(emulator, "linux").os).toBe("darwin");
    // The lock was on the file that is gone.
    expect(JSON.parse(await succeed(emulator, "get", "linux", "--format", "json")).State).toBe("stopped");
    lock.release();
  });

  it("refuses that where the newer switch is on, but for --overwrite", async () => {
    const { emulator } = given;
    emulator.settings({ clone: "refuse" });
    const refused = await tart(emulator, ["clone", "base", "linux"]);
    const message = 'VM "linux" already exists, use --overwrite to replace it';
    expect(refused).toMatchObject({ exitCode: 64, stdout: "", stderr: complaint(message, "root") });
    expect(configOf(emulator, "linux").os).toBe("linux");
    await succeed(emulator, "clone", "base", "linux", "--overwrite");
    expect(configOf(emulator, "linux").os).toBe("darwin");
  });

  it("refuses a stacked clone of a local machine, with the usage of the program", async () => {
    const stacked = await tart(given.emulator, ["clone", "--stacked", "base", "copy"]);
    expect(stacked).toMatchObject({
      exitCode: 64,
      stderr: complaint("--stacked requires a remote image", "root"),
    });
  });

  it("tells of a source without all of its files", async () => {
    const { emulator } = given;
    writeFileSync(join(emulator.home, "vms/file"), "");
    const { exitCode, stderr } = await tart(emulator, ["clone", "file", "copy"]);
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/^VM is missing files for a supported layout:/),
    });
    emulator.settings({ version: "2.35.0" });
    const older = await tart(emulator, ["clone", "file", "copy"]);
    expect(older.stderr).toBe("VM is missing some of its files (config.json, disk.img or nvram.bin)\n");
  });

  it("is one at a time, silently", async () => {
    const { emulator } = given;
    emulator.settings({ cloneMs: 300 });
    const from = performance.now();
    const both = await Promise.all([
      tart(emulator, ["clone", "base", "a"]),
      tart(emulator, ["clone", "base", "b"]),
    ]);
    expect(performance.now() - from).toBeGreaterThan(600);
    expect(both).toMatchObject([
      { exitCode: 0, stdout: "" },
      { exitCode: 0, stdout: "" },
    ]);
  });
});

/** How many wait, each by a connection, for locks that this process holds. */
function waitersForThisProcess(): number {
  const sockets = readSockets();
  const held = [...sockets.matchAll(new RegExp(`@(nanoclaw-tart-[0-9a-f]+)-${process.pid}@*$`, "gm"))];
  return held.flatMap(([, name]) => [...sockets.matchAll(new RegExp(` 0001 03 \\d+ @${name}@*$`, "gm"))])
    .length;
}

describe("a clone that does not come to its end", () => {
  it("takes its copy away at SIGINT", async () => {
    const { emulator } = given;
    const { child, result } = await startCloning();
    child.kill("SIGINT");
    expect(await result).toEqual({
      exitCode: 1,
      signal: null,
      stdout: "",
      stderr: "Error: CancellationError()\n",
    });
    expect(emulator.leftovers()).toEqual([]);
  });

  it("ends at SIGINT also while it waits for another", async () => {
    const { emulator } = given;
    const lock = await hold(emulator.home);
    const { child, result } = start(emulator, ["clone", "base", "copy"]);
    await vi.waitUntil(() => waitersForThisProcess() > 0, { timeout: 10_000, interval: 5 });
    child.kill("SIGINT");
    expect(await result).toMatchObject({ exitCode: 1, stderr: "Error: CancellationError()\n" });
    expect(emulator.leftovers()).toEqual([]);
    lock?.release();
  });

  it("leaves it to the next ordinary command when killed; none that clones or pulls", async () => {
    const { emulator } = given;
    const { child, result } = await startCloning();
    const [unfinished] = emulator.leftovers();
    expect(unfinished).toMatch(/^unfinished [0-9A-F-]{36}$/);
    // While it is held, nobody takes it away.
    await succeed(emulator, "list");
    expect(emulator.leftovers()).toContain(unfinished);
    child.kill("SIGKILL");
    expect(await result).toMatchObject({ signal: "SIGKILL" });
    expect(emulator.leftovers()).toEqual([unfinished]);
    emulator.settings({});
    await succeed(emulator, "clone", "base", "copy");
    expect(emulator.leftovers()).toEqual(["machine copy", unfinished]);
    await succeed(emulator, "list");
    expect(emulator.leftovers()).toEqual(["machine copy"]);
  });

  it("says that the disk is full, and makes no machine", async () => {
    const { emulator } = given;
    emulator.settings({ faults: ["disk-full:1"] });
    expect(await tart(emulator, ["clone", "base", "copy"])).toEqual({
      exitCode: 1,
      signal: null,
      stdout: "",
      stderr:
        "Error: You can’t save the file “disk.img” because the volume “Macintosh HD” is out of space.\n",
    });
    expect(await succeed(emulator, "list", "-q", "--source", "local")).toBe("base\nlinux\n");
    expect(emulator.leftovers()).toEqual([]);
    await succeed(emulator, "clone", "base", "copy");
  });

  async function startCloning() {
    const { emulator } = given;
    emulator.settings({ cloneMs: 60_000 });
    const cloning = start(emulator, ["clone", "base", "copy"]);
    const isWaiting = () => {
      const [entry] = readdirSync(join(emulator.home, "tmp"));
      return entry !== undefined && existsSync(join(emulator.home, "tmp", entry, "emulator-disk.json"));
    };
    await vi.waitUntil(isWaiting, { timeout: 10_000, interval: 5 });
    return cloning;
  }
});

import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { succeed, tart } from "./cli.js";
import { configOf, machine, useEmulator } from "./fixture.js";
import { complaint } from "./usages.js";

const given = useEmulator();

describe("create", () => {
  it("makes an empty machine, also in the place of another", async () => {
    const { emulator } = given;
    await succeed(emulator, "create", "new", "--linux", "--disk-size", "7");
    expect(JSON.parse(await succeed(emulator, "get", "new", "--format", "json"))).toMatchObject({
      OS: "linux",
      CPU: 4,
      Memory: 4096,
      Disk: 7,
      DiskFormat: "raw",
      State: "stopped",
    });
    await succeed(emulator, "create", "base", "--linux");
    expect(configOf(emulator, "base").os).toBe("linux");
    expect(machine(emulator, "base").readContents()).toEqual({ agent: "none" });
  });

  it("asks for macOS 26 before it makes an ASIF disk", async () => {
    const { emulator } = given;
    emulator.settings({ hostMacOS: 15 });
    const { exitCode, stderr } = await tart(emulator, ["create", "x", "--linux", "--disk-format", "asif"]);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 64,
      stderr: complaint("Disk format 'asif' is not supported on this system.", "create"),
    });
  });
});

describe("export and import", () => {
  it("carry a machine through an archive", async () => {
    const { emulator } = given;
    const archive = join(emulator.home, "..", "base.tvm");
    expect(await succeed(emulator, "export", "base", archive)).toBe("exporting...\n");
    expect(await succeed(emulator, "import", archive, "again")).toBe("importing...\n");
    expect(configOf(emulator, "again").macAddress).not.toBe(configOf(emulator, "base").macAddress);
    expect(machine(emulator, "again").diskSize).toBe(20e9);
    expect(emulator.leftovers()).toEqual(["machine again"]);
  });

  it("ask before they write over the default, and are lost at the end of stdin", async () => {
    const { emulator } = given;
    const cwd = join(emulator.home, "..");
    expect(await tart(emulator, ["export", "base"], { cwd })).toMatchObject({ exitCode: 0 });
    expect(await tart(emulator, ["export", "base"], { cwd, stdin: "no\n" })).toMatchObject({ exitCode: 1 });
    expect(await tart(emulator, ["export", "base"], { cwd, stdin: "yes\n" })).toMatchObject({ exitCode: 0 });
    expect(await tart(emulator, ["export", "base"], { cwd })).toMatchObject({ signal: "SIGTRAP" });
  });

  it("refuse an archive of something else", async () => {
    const { emulator } = given;
    const path = join(emulator.home, "..", "x.tvm");
    writeFileSync(path, "no archive");
    const broken = await tart(emulator, ["import", path, "x"]);
    expect(broken).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/^VM import failed: /) });
    expect(await succeed(emulator, "list", "-q", "--source", "local")).toBe("base\nlinux\n");
  });
});

describe("every command", () => {
  it("makes TART_HOME and what belongs into it", async () => {
    const { emulator } = given;
    const home = join(emulator.home, "deeper/and/deeper");
    await tart(emulator, ["list"], { environment: { TART_HOME: home } });
    expect(readdirSync(home).sort()).toEqual(["cache", "tmp", "vms"]);
  });

  it("says so when that cannot be", async () => {
    const { emulator } = given;
    const file = join(emulator.home, "emulator.json");
    const { exitCode, stderr } = await tart(emulator, ["list"], {
      environment: { TART_HOME: join(file, "x") },
    });
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/^TART_HOME is invalid: .* does not exist, yet we can't create it: /),
    });
  });

  it("but for clone and pull takes away what nobody holds in tmp", async () => {
    const { emulator } = given;
    const left = join(emulator.home, "tmp/left");
    mkdirSync(left);
    await tart(emulator, ["clone", "missing", "x"]);
    await tart(emulator, ["pull", "missing"]);
    expect(existsSync(left)).toBe(true);
    await tart(emulator, ["fqn", "x"]);
    expect(existsSync(left)).toBe(false);
  });

  it("refuses settings that it does not know", () => {
    const { emulator } = given;
    expect(() => emulator.settings({ faults: ["list-rice"] })).toThrow(/unknown fault list-rice/);
  });
});

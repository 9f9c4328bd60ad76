import { rmSync, utimesSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { formatJson } from "../src/json.js";
import { succeed, tart } from "./cli.js";
import { machine, pretendToRun, useEmulator } from "./fixture.js";

const given = useEmulator();

async function json(...argv: string[]) {
  return JSON.parse(await succeed(given.emulator, ...argv, "--format", "json"));
}

describe("list", () => {
  it("has rows of the documented keys and types", async () => {
    const rows = await json("list");
    expect(rows).toHaveLength(2);
    expect(rows[0]).toEqual({
      Source: "local",
      Name: "base",
      Disk: 20,
      Size: expect.any(Number),
      Accessed: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      Running: false,
      State: "stopped",
    });
  });

  it.each([
    ["2.30.6", { Source: "local", SizeOnDisk: 0 }, "Accessed"],
    ["2.15.0", { Source: "local", SizeOnDisk: 0 }, "Accessed"],
    ["2.14.0", { Source: "local" }, "SizeOnDisk"],
    ["2.31.0", { Accessed: expect.any(String) }, "SizeOnDisk"],
  ])("of %s has other keys", async (version, present, absent) => {
    given.emulator.settings({ version });
    const [row] = await json("list");
    expect(row).toMatchObject(present);
    expect(row).not.toHaveProperty(absent);
  });

  it("tells running, suspended and stopped machines apart", async () => {
    const { emulator } = given;
    await succeed(emulator, "clone", "base", "third");
    writeFileSync(machine(emulator, "linux").savedState, "");
    const lock = await pretendToRun(emulator, "base");
    const states = (await json("list")).map((row: { State: string; Running: boolean }) => [
      row.State,
      row.Running,
    ]);
    expect(states).toEqual([
      ["running", true],
      ["suspended", false],
      ["stopped", false],
    ]);
    lock.release();
  });

  it("prints a table for people, and names alone for programs", async () => {
    const { emulator } = given;
    const [header, first] = (await succeed(emulator, "list")).split("\n");
    expect(header).toMatch(/^Source Name +Disk +Size +Accessed +State *$/);
    expect(first).toMatch(/^local +base +20 GB +0 GB +\d+ (second|minute)s? ago +stopped$/);
    expect(await succeed(emulator, "list", "-q", "--format", "json")).toBe("base\nlinux\n");
    emulator.settings({ version: "2.35.0" });
    expect((await succeed(emulator, "list")).split("\n")[1]).toMatch(/^local +base +20 +0 +/);
  });

  it("leaves out what is not complete, which get complains about", async () => {
    const { emulator } = given;
    rmSync(machine(emulator, "linux").nvram);
    expect(await succeed(emulator, "list", "-q")).toBe("base\n");
    const { exitCode, stderr } = await tart(emulator, ["get", "linux"]);
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/^VM is missing files/),
    });
  });

  it("fails as a whole while a machine vanishes, as often as it is told", async () => {
    const { emulator } = given;
    emulator.settings({ faults: ["list-race:2"] });
    for (const _ of [1, 2]) {
      const { exitCode, stdout, stderr } = await tart(emulator, ["list", "--format", "json"]);
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
      expect(stderr).toContain("because there is no such file");
    }
    expect(await json("list")).toHaveLength(2);
  });

  it("tells when a machine was last used, which looking at it is", async () => {
    const { emulator } = given;
    for (const name of ["base", "linux"]) utimesSync(machine(emulator, name).path, 1e9, 1e9);
    await succeed(emulator, "get", "linux");
    const [base, linux] = (await json("list")).map((row: { Accessed: string }) => Date.parse(row.Accessed));
    expect(base).toBe(1e12);
    expect(Date.now() - linux).toBeLessThan(60_000);
  });

  it("can be made to miss a running machine", async () => {
    const { emulator } = given;
    emulator.settings({ faults: ["lock-lost"] });
    const lock = await pretendToRun(emulator, "base");
    expect((await json("list"))[0]).toMatchObject({ State: "stopped", Running: false });
    lock.release();
  });
});

describe("get", () => {
  it("has an object of the documented keys and types", async () => {
    expect(await json("get", "base")).toEqual({
      OS: "darwin",
      CPU: 4,
      Memory: 4096,
      Disk: 20,
      DiskFormat: "raw",
      Size: expect.stringMatching(/^\d+\.\d{3}$/),
      Display: "1024x768",
      Running: false,
      State: "stopped",
    });
    given.emulator.settings({ version: "2.27.0" });
    expect(await json("get", "base")).not.toHaveProperty("DiskFormat");
  });

  it("prints one row below a header", async () => {
    const lines = (await succeed(given.emulator, "get", "base")).trimEnd().split("\n");
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^OS +CPU +Memory +Disk +DiskFormat +Size +Display +State *$/);
  });
});

describe("the size of an ASIF disk", () => {
  it("is null while its machine runs, and was fatal before 2.39", async () => {
    const { emulator } = given;
    emulator.image({ name: "asif", os: "darwin", agent: "new", diskFormat: "asif" });
    expect((await json("get", "asif")).Disk).toBe(20);
    const lock = await pretendToRun(emulator, "asif");
    expect((await json("get", "asif")).Disk).toBeNull();
    expect((await json("list"))[0]).toMatchObject({ Name: "asif", Disk: null, State: "running" });
    emulator.settings({ version: "2.38.0" });
    for (const argv of [["list"], ["get", "asif"]]) {
      const { exitCode, stderr } = await tart(emulator, argv);
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/image info.*Resource temporarily unavailable/);
    }
    lock.release();
  });
});

describe("JSON", () => {
  it("looks as Foundation prints it", () => {
    expect(formatJson([{ Name: "a/b" }])).toBe('[\n  {\n    "Name" : "a\\/b"\n  }\n]');
    expect(formatJson([])).toBe("[\n\n]");
  });

  it("has its keys in no order", () => {
    const orders = new Set(Array.from({ length: 100 }, () => formatJson({ a: 1, b: 2, c: 3 })));
    expect(orders.size).toBeGreaterThan(1);
  });
});

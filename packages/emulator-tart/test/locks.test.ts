import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { hold, holder, waitFor } from "../src/store/locks.js";
import { start, tart } from "./cli.js";
import { pretendToRun, useEmulator } from "./fixture.js";

let directory: string;
let file: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "nctart-locks-"));
  file = join(directory, "file");
  writeFileSync(file, "");
});
afterEach(() => rmSync(directory, { recursive: true }));

describe("a lock", () => {
  it("is held by one, who is known by its pid", async () => {
    const lock = await hold(file);
    expect(lock).toBeDefined();
    expect(await holder(file)).toBe(process.pid);
    expect(await hold(file)).toBeUndefined();
    expect(await holder(file)).toBe(process.pid);
    lock?.release();
    expect(await holder(file)).toBeUndefined();
  });

  it("is nobody's where there is no file", async () => {
    expect(await holder(join(directory, "missing"))).toBeUndefined();
    expect(await holder(join(file, "missing"))).toBeUndefined();
  });

  it("follows the file to another name, and not the name to another file", async () => {
    const lock = await hold(file);
    renameSync(file, join(directory, "renamed"));
    writeFileSync(file, "");
    expect(await holder(file)).toBeUndefined();
    expect(await holder(join(directory, "renamed"))).toBe(process.pid);
    lock?.release();
  });

  it("does not pass to a file that is given the number of a deleted one", async () => {
    const lock = await hold(file);
    for (let attempt = 0; attempt < 50; attempt++) {
      rmSync(file, { force: true });
      writeFileSync(file, "");
      expect(await holder(file)).toBeUndefined();
    }
    lock?.release();
  });

  it("is passed on to those who wait, one after the other", async () => {
    const first = await hold(file);
    const order: number[] = [];
    const waiting = [1, 2, 3].map(async (number) => {
      const lock = await waitFor(file, new AbortController().signal);
      order.push(number);
      lock.release();
    });
    expect(order).toEqual([]);
    first?.release();
    await Promise.all(waiting);
    expect([...order].sort()).toEqual([1, 2, 3]);
  });

  it("lets a wait be given up", async () => {
    const lock = await hold(file);
    const waiting = waitFor(file, AbortSignal.timeout(20));
    await expect(waiting).rejects.toThrow(/timeout/);
    lock?.release();
  });
});

describe("the lock of a machine", () => {
  const given = useEmulator();

  it("makes the machine a running one, whoever holds it", async () => {
    const { emulator } = given;
    const lock = await pretendToRun(emulator, "base");
    expect(await stateOf("base")).toBe("running");
    lock.release();
    expect(await stateOf("base")).toBe("stopped");
  });

  it("tells who holds it when that process is stopped, and is free when it is killed", async () => {
    const { emulator } = given;
    emulator.settings({ cloneMs: 60_000 });
    const { child, result } = start(emulator, ["clone", "base", "copy"]);
    // A clone holds the lock on the home for as long as it takes.
    await vi.waitUntil(() => holder(emulator.home), { timeout: 10_000, interval: 5 });
    child.kill("SIGSTOP");
    expect(await holder(emulator.home)).toBe(child.pid);
    child.kill("SIGKILL");
    expect(await result).toMatchObject({ signal: "SIGKILL" });
    expect(await holder(emulator.home)).toBeUndefined();
  });

  async function stateOf(name: string): Promise<string> {
    return JSON.parse((await tart(given.emulator, ["get", name, "--format", "json"])).stdout).State;
  }
});

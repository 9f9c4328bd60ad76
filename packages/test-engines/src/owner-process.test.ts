import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { skipAloud } from "../test/skip-aloud.js";
import { startOwnerProcess } from "./owner-process.js";
import { identify, isAlive } from "./process-identity.js";
import { processesContaining, processTableContains } from "./process-table.js";
import { waitUntilGone } from "./wait-until-gone.js";

const directory = mkdtempSync(join(tmpdir(), "owner-process-"));
afterAll(() => rmSync(directory, { recursive: true }));

function script(name: string, text: string): string {
  const path = join(directory, `${name}.mjs`);
  writeFileSync(path, text);
  return path;
}

describe("an owner process", () => {
  skipAloud(process.platform === "linux" ? undefined : "Needs /proc, which only Linux has.");

  it("is killed at a chosen moment, and cannot prevent it", async () => {
    const path = script(
      "stubborn",
      'for (const s of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(s, () => {});\n' +
        'process.on("exit", () => console.log("said goodbye"));\n' +
        'console.log("ready"); setInterval(() => {}, 1000);',
    );
    await using owner = startOwnerProcess(path, { args: ["an-argument"] });
    await owner.line("ready");
    expect(processesContaining(path)).toEqual([
      { pid: owner.pid, command: expect.stringContaining(`${path} an-argument`) },
    ]);
    await owner.kill();
    expect(await owner.ended).toEqual({ exitCode: null, signal: "SIGKILL" });
    expect(owner.output()).toBe("ready\n");
    expect(processTableContains(path)).toBe(false);
    await owner.kill();
  });

  it("tells the whole output when a line does not come", async () => {
    const path = script("failing", 'console.log("one"); console.error("two"); process.exitCode = 3;');
    await using owner = startOwnerProcess(path);
    await expect(owner.line("three")).rejects.toThrow(/one\n(.|\n)*two\n|two\n(.|\n)*one\n/);
    expect(await owner.ended).toEqual({ exitCode: 3, signal: null });
    expect(await owner.line(/^tw/)).toBe("two");
  });

  it("gives up on a line after its deadline", async () => {
    await using owner = startOwnerProcess(script("silent", "setInterval(() => {}, 1000);"));
    await expect(owner.line("anything", 100)).rejects.toThrow('No line "anything" after 100 ms');
  });

  it("does not take another process for one that has ended", async () => {
    const self = identify(process.pid);
    expect(self && isAlive(self)).toBe(true);
    expect(isAlive({ pid: process.pid, startTime: "1" })).toBe(false);
    await using owner = startOwnerProcess(script("short", ""));
    await owner.ended;
    expect(identify(owner.pid)).toBeUndefined();
  });
});

describe("waiting until something is gone", () => {
  it("looks until the list is empty", async () => {
    const left = ["a", "b", "c"];
    await waitUntilGone(() => {
      left.pop();
      return left;
    }, 5_000);
    expect(left).toEqual([]);
  });

  it("says what is left after the deadline", async () => {
    await expect(waitUntilGone(() => ["container x", { pid: 7 }], 50)).rejects.toThrow(
      'After 50 ms there is still left: container x\n  {"pid":7}',
    );
    await expect(waitUntilGone(async () => true, 50)).rejects.toThrow("still left");
  });

  it("passes on an error of the one who looks", async () => {
    await expect(
      waitUntilGone(() => {
        throw new Error("cannot look");
      }, 1_000),
    ).rejects.toThrow("cannot look");
  });
});

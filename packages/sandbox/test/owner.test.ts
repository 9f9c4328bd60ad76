import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";

const state = mkdtempSync(join(tmpdir(), "sandbox-owner-"));
vi.stubEnv("XDG_STATE_HOME", state);
const { isAlive, thisOwner } = await import("../src/internal/owner.js");
const { forgetKept, keptUntil, rememberKept } = await import("../src/internal/kept.js");
afterAll(() => rmSync(state, { recursive: true }));

test("knows itself as alive, and gives the same installation every time", async () => {
  const owner = await thisOwner();
  expect(await isAlive(owner)).toBe(true);
  vi.resetModules();
  const again = await import("../src/internal/owner.js");
  expect((await again.thisOwner()).installation).toBe(owner.installation);
});

test("knows a dead process, a reused pid and an earlier boot as dead", async () => {
  const owner = await thisOwner();
  const child = spawn("true");
  await new Promise((resolve) => child.on("exit", resolve));
  expect(await isAlive({ ...owner, pid: child.pid as number })).toBe(false);
  expect(await isAlive({ ...owner, startedAt: "1" })).toBe(false);
  const [machine, , namespace] = owner.host.split(":");
  expect(await isAlive({ ...owner, host: [machine, "another-boot", namespace].join(":") })).toBe(false);
});

test("cannot tell for another machine or another pid namespace", async () => {
  const owner = await thisOwner();
  const [machine, boot] = owner.host.split(":");
  expect(await isAlive({ ...owner, host: ["another", boot, "1"].join(":") })).toBe(null);
  expect(await isAlive({ ...owner, host: [machine, boot, "1"].join(":") })).toBe(null);
});

test("remembers what was kept until it is forgotten", async () => {
  expect((await keptUntil()).size).toBe(0);
  await rememberKept("sandbox-a", 7);
  expect(await keptUntil()).toEqual(new Map([["sandbox-a", 7]]));
  await forgetKept("sandbox-a");
  await forgetKept("sandbox-a");
  expect((await keptUntil()).size).toBe(0);
});

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
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

test.runIf(process.platform === "linux")(
  "a killed process is dead when the last of its threads has let go of what it held",
  async () => {
    const program = `
    const { Worker } = require("node:worker_threads");
    const busy = "Buffer.alloc(3e7, 1); setInterval(() => {}, 1e6); require('node:worker_threads').parentPort.postMessage(1)";
    const started = [1, 2, 3, 4].map(() => new Promise((done) => new Worker(busy, { eval: true }).once("message", done)));
    const server = require("node:net").createServer().listen(0, "127.0.0.1", async () => {
      await Promise.all(started);
      console.log(server.address().port);
    });`;
    const child = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit"] });
    const port = Number(await new Promise((resolve) => child.stdout.once("data", resolve)));
    const stat = readFileSync(`/proc/${child.pid}/stat`, "utf8");
    const startedAt = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] as string;
    const owner = { ...(await thisOwner()), pid: child.pid as number, startedAt };
    expect(await isAlive(owner)).toBe(true);
    child.kill("SIGKILL");
    while (await isAlive(owner));
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", resolve);
    });
    server.close();
  },
);

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

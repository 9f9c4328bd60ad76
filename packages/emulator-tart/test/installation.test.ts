import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { expect, it } from "vitest";
import { installEmulator } from "../src/emulator.js";
import { processesOf } from "../src/processes.js";
import { start } from "./cli.js";

it("removes itself and ends its processes when it is disposed of", async () => {
  const emulator = await installEmulator({ cloneMs: 60_000 });
  emulator.image({ name: "base", os: "linux", agent: "none" });
  const { result } = start(emulator, ["clone", "base", "copy"]);
  await emulator[Symbol.asyncDispose]();
  expect(await result).toMatchObject({ signal: "SIGKILL" });
  expect(existsSync(dirname(emulator.home))).toBe(false);
});

it("removes what a killed process has left, and nothing that is in use", async () => {
  const program = `
    const { installEmulator } = await import(process.argv[1]);
    const emulator = await installEmulator({ settings: { cloneMs: 60000 } });
    const { execFileSync, spawn } = await import("node:child_process");
    execFileSync(emulator.program, ["create", "base", "--linux"], { env: emulator.environment });
    const tart = spawn(emulator.program, ["clone", "base", "copy"], { env: emulator.environment, detached: true });
    tart.once("spawn", () => console.log(emulator.program));`;
  const built = new URL("../dist/index.js", import.meta.url).href;
  const owner = spawn(process.execPath, ["--input-type=module", "-e", program, built], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  // Nothing, where it failed.
  const [line] = await Promise.race([once(owner.stdout, "data"), once(owner.stdout, "end")]);
  expect(line).toBeDefined();
  const executable = String(line).trim();
  await using other = await installEmulator();
  expect(existsSync(executable)).toBe(true);
  owner.kill("SIGKILL");
  await once(owner, "exit");
  expect(processesOf(executable)).toHaveLength(1);
  await using _ = await installEmulator();
  expect(processesOf(executable)).toEqual([]);
  expect(existsSync(dirname(dirname(executable)))).toBe(false);
  expect(existsSync(other.home)).toBe(true);
});

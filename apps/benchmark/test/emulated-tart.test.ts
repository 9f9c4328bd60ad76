import { readFileSync } from "node:fs";
import { join } from "node:path";
import { installEmulator, whyNoGuests } from "@nanoclaw/emulator-tart";
import { beforeEach, expect, test } from "vitest";
import { Bench } from "./bench-process.js";

beforeEach(({ skip }) => {
  const reason = whyNoGuests();
  skip(reason !== undefined, reason);
});

test("an emulated engine is measured and known as one, and its figures are refused or marked", async () => {
  await using emulator = await installEmulator();
  await emulator.image({ name: "base", os: "linux" });
  const words = ["run", "--short", "--engine", "tart", "--image", "base", "--scenario", "next-command"];
  await using bench = new Bench([...words, "--samples", "3", "--json", "result.json"], undefined, {
    PATH: emulator.environment.PATH,
    TART_HOME: emulator.home,
  });
  const { stdout, exitCode, stderr } = await bench.ended;
  expect([exitCode, stderr]).toEqual([0, expect.stringContaining("1/1 next-command")]);
  expect(await emulator.leftovers()).toEqual([]);
  const result = bench.result("result.json");
  expect(result.engines).toMatchObject([{ label: "tart", emulated: expect.stringContaining("macOS alone") }]);
  expect(result.series[0]?.samples).toHaveLength(3);
  expect(stdout).toContain("tart: not measured. An emulator answered");
  expect(stdout).not.toContain("next command");

  const file = join(bench.directory, "result.json");
  expect(JSON.parse(readFileSync(file, "utf8")).engines[0].emulated).toContain("macOS alone");
  for (const command of [
    ["report", file],
    ["compare", file, file],
  ]) {
    expect((await output(command)).stdout).not.toMatch(/next command/);
    expect((await output([...command, "--include-emulated"])).stdout).toMatch(
      /next command.*tart \(emulated\)/,
    );
  }
  expect((await output(["compare", file, file])).exitCode).toBe(2);
}, 120_000);

async function output(words: string[]) {
  await using bench = new Bench(words, undefined);
  return await bench.ended;
}

import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { installContainer } from "@nanoclaw/emulator-apple-container";
import { installEmulator, whyNoGuests } from "@nanoclaw/emulator-tart";
import { testImages, whyNoTestImages } from "@nanoclaw/test-engines";
import { beforeEach, expect, test } from "vitest";
import { Bench } from "./bench-process.js";

const execFileAsync = promisify(execFile);

beforeEach(({ skip }) => {
  const reason = whyNoGuests() ?? whyNoTestImages();
  skip(reason !== undefined, reason);
});

test("an emulated engine is measured and known as one, and its figures are refused or marked", async () => {
  await using emulator = await installEmulator();
  await emulator.image({ name: "base", os: "linux" });
  await using bench = measured("tart", "base", { PATH: emulator.environment.PATH, TART_HOME: emulator.home });
  await isKnownAsEmulated(bench, "tart");
  expect(await emulator.leftovers()).toEqual([]);

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

test("so is Apple's container", async () => {
  await using emulator = await installContainer();
  await emulator.image({ name: "dash" });
  const environment = { PATH: emulator.environment.PATH, CONTAINER_EMULATOR_HOME: emulator.home };
  await execFileAsync("container", ["system", "start", "--enable-kernel-install"], {
    env: { ...process.env, ...environment },
    timeout: 30_000,
  });
  await using bench = measured("apple-container", testImages.dash.reference, environment);
  await isKnownAsEmulated(bench, "apple-container");
  expect(await emulator.leftovers()).toEqual([]);
}, 120_000);

/** One scenario, as short as can be. */
function measured(engine: string, image: string, environment: NodeJS.ProcessEnv): Bench {
  const words = ["run", "--short", "--engine", engine, "--image", image, "--scenario", "next-command"];
  return new Bench([...words, "--samples", "3", "--json", "result.json"], undefined, environment);
}

async function isKnownAsEmulated(bench: Bench, engine: string): Promise<void> {
  const { stdout, exitCode, stderr } = await bench.ended;
  expect([exitCode, stderr]).toEqual([0, expect.stringContaining("1/1 next-command")]);
  const { engines, series } = bench.result("result.json");
  expect(engines).toMatchObject([{ label: engine, emulated: expect.stringContaining("macOS alone") }]);
  expect(series[0]?.samples).toHaveLength(3);
  expect(stdout).toContain(`${engine}: not measured. An emulator answered`);
  expect(stdout).not.toContain("next command");
}

async function output(words: string[]) {
  await using bench = new Bench(words, undefined);
  return await bench.ended;
}

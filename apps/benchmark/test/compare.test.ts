import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { RunResult } from "../src/result.js";
import { Bench } from "./bench-process.js";

const recorded = fileURLToPath(new URL("./recorded-run.json", import.meta.url));

test("a run compared with itself has no regression and exits with 0", async () => {
  const { exitCode, stdout } = await compared((result) => result);
  expect(stdout).toContain("0 worse, 0 better");
  expect(stdout).toContain("is a noisy run. The machine was busy");
  expect(exitCode).toBe(0);
});

test("a regression is told where it is, and exits with 1", async () => {
  const { exitCode, stdout } = await compared((result) => ({
    ...result,
    series: result.series.map((one) =>
      one.scenario === "destroy" && one.engine === "docker" && one.role === "sandbox"
        ? { ...one, samples: one.samples.map((sample) => ({ ...sample, value: sample.value * 2 })) }
        : one,
    ),
  }));
  expect(stdout).toContain("1 worse, 0 better");
  expect(stdout).toMatch(/destroy · docker[\s\S]*?sandbox .*2 \(.*WORSE/);
  expect(exitCode).toBe(1);
});

test("another kernel is said, and exits with 2", async () => {
  const { exitCode, stdout, stderr } = await compared((result) => ({
    ...result,
    host: { ...result.host, kernel: "Linux 99" },
  }));
  expect(stderr).toContain("Kernel: Linux 6.18 before, Linux 99 after.");
  expect([exitCode, stdout]).toEqual([2, ""]);
});

test("a damaged file is named with the place, and exits with 2", async () => {
  const { exitCode, stderr } = await compared(({ host: _, ...rest }) => rest as RunResult);
  expect(stderr).toContain("later.json: This result is damaged: / must have required property 'host'.");
  expect(exitCode).toBe(2);
});

/** Compares the recorded run with a changed one, as a user would. */
async function compared(change: (result: RunResult) => RunResult) {
  const directory = mkdtempSync(join(tmpdir(), "bench-compare-"));
  try {
    const later = join(directory, "later.json");
    writeFileSync(later, JSON.stringify(change(JSON.parse(readFileSync(recorded, "utf8")))));
    await using bench = new Bench(["compare", recorded, later], undefined);
    return await bench.ended;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

// Ratios, which a busy machine bends.
// @module-tag thorough

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { createSandbox } from "@nanoclaw/sandbox";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type Emulated, emulated, whyNoContainers } from "./emulated.js";

const reason = whyNoContainers();
let engine: Emulated;

beforeAll(async () => {
  if (reason === undefined) engine = await emulated();
});
beforeEach(({ skip }) => skip(reason !== undefined, reason));
afterAll(async () => await engine?.[Symbol.asyncDispose]());

const median = (times: number[]): number =>
  times.sort((one, other) => one - other)[times.length >> 1] ?? Number.NaN;

async function timed(times: number[], work: () => Promise<unknown>): Promise<void> {
  const began = performance.now();
  await work();
  times.push(performance.now() - began);
}

// All of it is the emulator's, so only how the ways compare with each other says something.
it("the next command takes a tenth at most of what it takes to start `container exec` for it", async () => {
  await using sandbox = await createSandbox(engine.provider());
  const exec = promisify(execFile);
  const args = ["exec", "--", sandbox.id, "true"];
  await sandbox.exec(["true"]);
  await exec(engine.cli.program, args);
  const ours: number[] = [];
  const byProgram: number[] = [];
  for (let round = 0; round < 10; round++) {
    for (let turn = 0; turn < 5; turn++) await timed(ours, () => sandbox.exec(["true"]));
    await timed(byProgram, () => exec(engine.cli.program, args));
  }
  const [own, program] = [median(ours), median(byProgram)];
  process.stdout.write(`Next command, p50: ${own.toFixed(1)} ms, container exec ${program.toFixed(1)} ms\n`);
  expect(own).toBeLessThan(program / 10);
}, 60_000);

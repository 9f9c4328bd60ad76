import { accessSync, constants, existsSync } from "node:fs";
import { createSandbox } from "@nanoclaw/sandbox";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Emulated, emulated, whyNoContainers } from "./emulated.js";

/** Limits with values that the service takes; the conformance suite asks for less than it does. */

const groups = existsSync("/sys/fs/cgroup/memory") ? "/sys/fs/cgroup/memory" : "/sys/fs/cgroup";
const reason = whyNoContainers() ?? (isWritable(groups) ? undefined : `${groups} cannot be written here.`);
let engine: Emulated;

beforeAll(async () => {
  if (reason === undefined) engine = await emulated();
});
beforeEach(({ skip }) => skip(reason !== undefined, reason));
afterAll(async () => await engine?.[Symbol.asyncDispose]());

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

test("a memory limit holds, and leaves alone what stays below it", async () => {
  await using sandbox = await createSandbox(engine.provider(), { limits: { memoryMiB: 200 } });
  // One line without an end, which tail keeps in memory.
  const keep = (mebibytes: number) => `head -c ${mebibytes * 2 ** 20} /dev/zero | tail -n 1 | wc -c`;
  const below = await sandbox.exec(keep(50));
  expect(Number(below.stdout)).toBe(50 * 2 ** 20);
  const beyond = await sandbox.exec(keep(400));
  expect(Number(beyond.stdout)).not.toBe(400 * 2 ** 20);
  expect((await sandbox.stats()).memoryLimitBytes).toBe(200 * 2 ** 20);
}, 60_000);

import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Emulated, emulated, whyNoContainers } from "./emulated.js";

/** Owners that SIGKILL ends in the middle of something. */

const reason = whyNoContainers();
const program = fileURLToPath(new URL("./programs/owner.mjs", import.meta.url));
/** From the kill to nothing left, in milliseconds. */
const limitMs = 10_000;
/** A kill at each of many moments, or at some that lie as far apart. */
const every = process.env.CHECKS === "all";

describe("an owner that is killed by SIGKILL leaves no container and no process:", () => {
  let engine: Emulated;
  let owner: ChildProcess;

  beforeAll(async () => {
    if (reason === undefined) engine = await emulated({ bootMs: 200 });
  });
  beforeEach(({ skip }) => skip(reason !== undefined, reason));
  afterAll(async () => await engine?.[Symbol.asyncDispose]());

  /** Starts an owner and returns when it says the word. */
  async function ownerThatSays(word: string): Promise<void> {
    owner = spawn(process.execPath, [program, JSON.stringify(engine.options)], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    if (!owner.stdout) throw new Error("It should have an output.");
    for await (const line of createInterface(owner.stdout)) if (line === word) return;
    throw new Error(`The owner ended before it said "${word}".`);
  }

  async function kill(): Promise<void> {
    const ended = new Promise((resolve) => owner.once("exit", resolve));
    owner.kill("SIGKILL");
    await ended;
    await expect.poll(() => engine.emulator.leftovers(), { timeout: limitMs, interval: 50 }).toEqual([]);
  }

  const leftovers = async () => (await engine.emulator.leftovers()).join("\n");

  test("before the first call", async () => {
    await ownerThatSays("begins");
    await kill();
  });

  test("while the container is made", async () => {
    await ownerThatSays("begins");
    await expect.poll(leftovers, { timeout: 10_000, interval: 5 }).toMatch(/ run --interactive /);
    await kill();
  });

  test("during the boot", async () => {
    await ownerThatSays("begins");
    await expect.poll(leftovers, { timeout: 10_000, interval: 5 }).toMatch(/^container sandbox-/m);
    await kill();
  });

  test("while a command runs", async () => {
    await ownerThatSays("running");
    await kill();
  });

  test("during the deletion", async () => {
    for (const waitMs of every ? [10, 60, 120, 200] : [10, 120]) {
      await ownerThatSays("running");
      owner.stdin?.write("destroy\n");
      await delay(waitMs);
      await kill();
    }
  }, 60_000);

  test("at moments between these", async () => {
    for (const waitMs of every ? [50, 150, 250, 350, 450, 550, 700, 900] : [150, 450, 700]) {
      await ownerThatSays("begins");
      await delay(waitMs);
      await kill();
    }
  }, 60_000);
});

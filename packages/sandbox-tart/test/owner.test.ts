import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { whyNoGuests } from "@nanoclaw/emulator-tart";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Records } from "../src/records.js";
import { type Emulated, emulated } from "./emulated.js";

/** Owners that SIGKILL ends in the middle of something. */

const reason = whyNoGuests();
const program = fileURLToPath(new URL("./programs/owner.mjs", import.meta.url));
/** From the kill to nothing left, in milliseconds. */
const limitMs = 5_000;

describe("an owner that is killed by SIGKILL leaves no machine, process, socket, record or temporary file:", () => {
  let engine: Emulated;
  let owner: ChildProcess;

  beforeAll(async () => {
    if (reason === undefined) engine = await emulated({ cloneMs: 300, bootMs: 300 });
  });
  beforeEach(({ skip }) => skip(reason !== undefined, reason));
  afterAll(async () => await engine?.[Symbol.asyncDispose]());

  const command = () => new Records(engine.stateDirectory).all()[0]?.process?.command;

  /** Starts an owner and returns when it says the word. */
  async function ownerThatSays(word: string, machines = 1): Promise<void> {
    owner = spawn(process.execPath, [program, JSON.stringify(engine.options), String(machines)], {
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
    await expect.poll(() => engine.leftovers(), { timeout: limitMs, interval: 50 }).toEqual([]);
  }

  test("before the clone", async () => {
    await ownerThatSays("begins");
    await kill();
  });

  test("during the clone", async () => {
    await ownerThatSays("begins");
    await expect.poll(command, { timeout: 10_000, interval: 5 }).toBe("clone");
    await kill();
  });

  test("during the boot", async () => {
    await ownerThatSays("begins");
    await expect.poll(command, { timeout: 10_000, interval: 5 }).toBe("run");
    await kill();
  });

  test("while commands run in eight machines", { tags: ["thorough"], timeout: 60_000 }, async () => {
    await ownerThatSays("running", 8);
    await kill();
  });

  test("while some of eight machines are still made", async () => {
    await ownerThatSays("begins", 8);
    const commands = () => new Records(engine.stateDirectory).all().map(({ process }) => process?.command);
    await expect.poll(commands, { timeout: 20_000, interval: 5 }).toContain("run");
    expect(commands()).not.toEqual(Array(8).fill("run"));
    await kill();
  }, 60_000);

  test("during the deletion", async () => {
    await ownerThatSays("running");
    owner.stdin?.write("destroy\n");
    await expect
      .poll(() => engine.emulator.leftovers().then((lines) => lines.join("\n")), { interval: 5 })
      .toContain(" delete ");
    await kill();
  });

  test("at moments between these", async () => {
    for (const part of [0.25, 0.75]) {
      await ownerThatSays("begins");
      await delay(part * 3_000);
      await kill();
    }
  });
});

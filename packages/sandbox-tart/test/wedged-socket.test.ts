import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { whyNoGuests } from "@nanoclaw/emulator-tart";
import { attachSandbox, createSandbox } from "@nanoclaw/sandbox";
import { beforeEach, describe, expect, test } from "vitest";
import { Records } from "../src/records.js";
import { type Emulated, type EmulatedOptions, emulated } from "./emulated.js";

/** `tart run` accepts no connection any more, for good, once a client has gone away at a bad moment. */

const reason = whyNoGuests();

/** An emulator of its own for each test, as they run beside each other. */
async function onEngine(options: EmulatedOptions, body: (engine: Emulated) => Promise<void>): Promise<void> {
  await using engine = await emulated(options);
  await body(engine);
  expect(await engine.leftovers()).toEqual([]);
}

const machines = (engine: Emulated) => new Records(engine.stateDirectory).all().map(({ vm }) => vm);

/** Comes and goes until nobody is let in any more. */
async function wedge(engine: Emulated, vm: string): Promise<void> {
  for (let wasIn = false; ; ) {
    const socket = connect(join(engine.emulator.home, "vms", vm, "control.sock"));
    const isIn = await new Promise<boolean>((resolve) => {
      socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    });
    socket.destroy();
    // The socket may not be there yet.
    if (wasIn && !isIn) return;
    wasIn ||= isIn;
    await delay(20);
  }
}

describe.concurrent("a control socket that is dead for good (openai/tart#1346)", { timeout: 60_000 }, () => {
  beforeEach(({ skip }) => skip(reason !== undefined, reason));

  test("while the guest boots: SSH is taken, or the create fails with what to do", () =>
    onEngine({ faults: ["wedge"], agentMs: 300_000 }, async (engine) => {
      // More than the test may take: to wait these out is no answer.
      const patience = { bootTimeoutMs: 200_000, agentPatienceMs: 100_000 };
      const bySsh = createSandbox(engine.provider(patience));
      const byAgent = createSandbox(engine.provider({ ...patience, connect: "agent" })).then(
        async (sandbox) => {
          await sandbox.destroy();
          return undefined;
        },
        (error: unknown) => error,
      );
      await expect.poll(() => machines(engine), { timeout: 10_000 }).toHaveLength(2);
      await Promise.all(machines(engine).map((vm) => wedge(engine, vm)));
      expect(await byAgent).toMatchObject({
        code: "sandbox_lost",
        hint: expect.stringContaining("1346"),
      });
      await using sandbox = await bySsh;
      expect((await sandbox.exec(["echo", "here"])).stdout).toBe("here\n");
    }));

  test("while it is used: what runs is told at once, and the next command goes by SSH or tells what to do", () =>
    onEngine({ faults: ["wedge"] }, async (engine) => {
      const warnings: string[] = [];
      await using sandbox = await createSandbox(engine.provider(), {
        onEvent: (event) => event.type === "warning" && warnings.push(event.message),
      });
      await using agentAlone = await attachSandbox(engine.provider({ connect: "agent" }), sandbox.id);
      const running = sandbox.exec("echo begun; sleep 1000");
      const lost = expect(running).rejects.toMatchObject({
        code: "sandbox_lost",
        result: { stdout: "begun\n" },
      });
      await sandbox.exec("until pgrep -x sleep; do sleep 0.05; done");
      await Promise.all(machines(engine).map((vm) => wedge(engine, vm)));
      // Nothing has happened to who is connected already.
      expect((await sandbox.exec(["echo", "still"])).stdout).toBe("still\n");
      const began = performance.now();
      await expect(sandbox.exec("pkill -KILL -f guest-agent; sleep 1000")).rejects.toMatchObject({
        code: "sandbox_lost",
      });
      await lost;
      // The way back has 20 s; nobody waits for it who has something to tell.
      expect(performance.now() - began).toBeLessThan(5_000);
      const next = expect(agentAlone.exec(["true"])).rejects.toMatchObject({
        code: "sandbox_lost",
        hint: expect.stringContaining("1346"),
      });
      expect((await sandbox.exec(["echo", "by another way"])).stdout).toBe("by another way\n");
      expect(warnings).toEqual([expect.stringContaining("SSH")]);
      await next;
    }));
});

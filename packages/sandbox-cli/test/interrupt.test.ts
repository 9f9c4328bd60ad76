import { setTimeout as delay } from "node:timers/promises";
import { processesContaining } from "@nanoclaw/test-engines";
import { afterAll, describe, expect, test } from "vitest";
import { Installation } from "./cli.js";
import { engines } from "./engines.js";

/** Found in the process table whoever runs it, in the guest too. */
const marker = "sleep 1000.4711";

/** A kill at each of many moments, or at some that lie as far apart. */
const every = process.env.CHECKS === "all";

for (const { name: engine, options, env, reason } of engines) {
  describe.skipIf(reason !== undefined)(
    `an end from outside, on ${engine}${reason ? ` (${reason})` : ""}`,
    () => {
      const installation = new Installation(env);
      afterAll(() => installation[Symbol.asyncDispose]());
      const start = () =>
        installation.start([
          "run",
          ...options,
          "--",
          "sh",
          "-c",
          `trap '' INT TERM; echo it works; ${marker}`,
        ]);
      const expectNothingLeft = async () => {
        await installation.expectNothingLeft();
        expect(processesContaining(marker)).toEqual([]);
      };

      test.each([
        ["SIGINT", 130],
        ["SIGTERM", 143],
        ["SIGHUP", 129],
      ] as const)(
        "%s ends a command that ignores it, removes the sandbox and exits with %d",
        async (signal, code) => {
          const running = start();
          await running.saw("it works");
          running.child.kill(signal);
          const { exitCode, stdout } = await running.ended;
          expect(exitCode).toBe(code);
          expect(stdout).toBe("it works\n");
          // The program's own word: when it has ended, the sandbox has gone.
          expect((await installation.leftovers()).filter((each) => /^container|^sandbox/.test(each))).toEqual(
            [],
          );
          await expectNothingLeft();
        },
      );

      test("Ctrl-C at any moment leaves nothing", async () => {
        for (let round = 0; round < 12; round += every ? 1 : 3) {
          const running = start();
          await delay(60 + round * 60);
          running.child.kill("SIGINT");
          const { exitCode, signal } = await running.ended;
          // Before the program listens, the signal ends Node.js itself.
          expect(exitCode === 130 || signal === "SIGINT").toBe(true);
          await expectNothingLeft();
        }
      }, 120_000);

      test("a second Ctrl-C ends the program at once, and the sandbox still goes", async () => {
        const running = start();
        await running.saw("it works");
        running.child.kill("SIGINT");
        running.child.kill("SIGTERM");
        expect([130, 143]).toContain((await running.ended).exitCode);
        await expectNothingLeft();
      });

      test("SIGKILL leaves nothing either", async () => {
        for (let round = 0; round < 5; round += every ? 1 : 2) {
          const running = start();
          if (round === 0) await running.saw("it works");
          else await delay(100 + round * 90);
          running.child.kill("SIGKILL");
          await running.ended;
          await expectNothingLeft();
        }
      }, 120_000);

      test("Ctrl-C during exec ends the command and leaves the sandbox", async () => {
        const id = (await installation.run(["create", ...options])).stdout.trim();
        const words = ["exec", "--engine", engine, id, "sh", "-c", `trap '' INT; echo it works; ${marker}`];
        const running = installation.start(words);
        await running.saw("it works");
        running.child.kill("SIGINT");
        expect((await running.ended).exitCode).toBe(130);
        expect(processesContaining(marker)).toEqual([]);
        expect((await installation.run(["exec", "--engine", engine, id, "echo", "still there"])).stdout).toBe(
          "still there\n",
        );
        await installation.run(["rm", "--engine", engine, id]);
      });
    },
  );
}

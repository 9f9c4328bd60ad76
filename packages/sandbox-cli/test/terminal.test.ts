import { spawnSync } from "node:child_process";
import { readlinkSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { cliPath, Installation } from "./cli.js";
import { engines, tagsOf } from "./engines.js";
import { noTerminal, onTerminal } from "./terminal.js";

const CTRL_C = "\u0003";
const CTRL_D = "\u0004";

for (const { name: engine, options, env, reason = noTerminal } of engines) {
  describe.skipIf(reason !== undefined)(
    `a terminal, on ${engine}${reason ? ` (${reason})` : ""}`,
    { tags: tagsOf(engine) },
    () => {
      const installation = new Installation(env);
      afterAll(() => installation[Symbol.asyncDispose]());

      /** Our program on a terminal of 100 × 30, between two looks at the terminal's settings. */
      const start = (...words: string[]) => {
        const line = [process.execPath, cliPath, ...words]
          .map((word) => `'${word.replaceAll("'", "'\\''")}'`)
          .join(" ");
        // Ctrl-C goes to this shell too, which is to live on and tell how our program ended.
        const script = `trap : INT; stty cols 100 rows 30; stty -g; ${line}; echo "exit $?"; stty -g`;
        return onTerminal(installation, script);
      };
      const terminalSettings = (output: string) => output.match(/^[0-9a-f]+(:[0-9a-f]+)+\r?$/gm) ?? [];

      test("has the size of ours, and is given back as it was", async () => {
        const running = start("run", ...options, "-it", "--", "sh", "-c", "tty && stty size && echo $TERM");
        const { stdout } = await running.ended;
        expect(stdout).toMatch(/\/dev\/pts\/\d+\r\n30 100\r\n/);
        expect(stdout).toContain("exit 0");
        const [before, after] = terminalSettings(stdout);
        expect(before).toBeTruthy();
        expect(after).toBe(before);
      });

      test("follows when ours is resized", async () => {
        const wait =
          'trap \'stty size; [ "$(stty size)" != "40 120" ] || exit 5\' WINCH; echo ready; while :; do sleep 0.1; done';
        const running = start("run", ...options, "-it", "--", "sh", "-c", wait);
        await running.saw("ready");
        const terminal = readlinkSync(`/proc/${installation.pid()}/fd/0`);
        const resized = spawnSync("stty", ["-F", terminal, "cols", "120", "rows", "40"]);
        expect(resized.status).toBe(0);
        const { stdout } = await running.ended;
        expect(stdout).toContain("40 120\r\n");
        expect(stdout).toContain("exit 5");
      });

      test("Ctrl-C goes to the command, and the program lives on", async () => {
        const script = "trap 'echo caught; exit 6' INT; echo ready; while :; do sleep 0.1; done";
        const running = start("run", ...options, "-it", "--", "sh", "-c", script);
        await running.saw("ready");
        running.child.stdin.write(CTRL_C);
        const { stdout } = await running.ended;
        expect(stdout).toContain("caught");
        expect(stdout).toContain("exit 6");
      });

      test("a shell reads what is typed", async () => {
        const running = start("run", ...options, "-it", "--", "sh");
        running.child.stdin.write("echo $((40 + 2))\n");
        await running.saw("42");
        // Not Ctrl-D: typed while the shell is about to make the terminal raw, Linux hands it over as a NUL.
        running.child.stdin.write("exit 7\n");
        const { stdout } = await running.ended;
        expect(stdout).toMatch(/^exit 7\r$/m);
      });

      test("loses no key and no byte, and Ctrl-D ends the input of a program that reads lines", async () => {
        const keys = Array.from({ length: 3_000 }, (_, at) => `${at}\n`).join("");
        const running = start("run", ...options, "-it", "--", "sh", "-c", "stty -echo; echo ready; cat");
        await running.saw("ready");
        running.child.stdin.write(keys);
        running.child.stdin.write(CTRL_D);
        const { stdout } = await running.ended;
        expect(stdout.replaceAll("\r\n", "\n")).toContain(`ready\n${keys}exit 0\n`);
      });

      test("is given back when the program is told to end", async () => {
        const running = start("run", ...options, "-it", "--", "sh", "-c", "echo ready; sleep 1000");
        await running.saw("ready");
        process.kill(installation.pid(), "SIGTERM");
        const { stdout } = await running.ended;
        expect(stdout).toContain("exit 143");
        const [before, after] = terminalSettings(stdout);
        expect(after).toBe(before);
        await installation.expectNothingLeft();
      });

      test("that is closed takes the program and the sandbox with it", async () => {
        const running = start(
          "run",
          ...options,
          "-it",
          "--",
          "sh",
          "-c",
          "trap '' HUP; echo ready; sleep 1000",
        );
        await running.saw("ready");
        running.child.kill("SIGKILL");
        await installation.expectNothingLeft();
      });

      test("without -t, Ctrl-C ends the program with everything", async () => {
        const running = start("run", ...options, "--", "sh", "-c", "trap '' INT; echo ready; sleep 1000");
        await running.saw("ready");
        running.child.stdin.write(CTRL_C);
        const { stdout } = await running.ended;
        expect(stdout).toContain("exit 130");
        await installation.expectNothingLeft();
      });

      test("-t without a terminal on our side still gives the command one", async () => {
        const { stdout, exitCode } = await installation.run([
          "run",
          ...options,
          "-t",
          "--",
          "sh",
          "-c",
          "tty; stty size",
        ]);
        expect(stdout).toMatch(/\/dev\/pts\/\d+\r\n24 80\r\n/);
        expect(exitCode).toBe(0);
      });
    },
  );
}

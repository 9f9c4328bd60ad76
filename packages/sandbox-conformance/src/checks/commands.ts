import assert from "node:assert/strict";
import { SandboxError } from "@nanoclaw/sandbox";
import { defineChecks } from "../check.js";
import { Conversation } from "../conversation.js";
import { rejectsWith, within } from "../expect.js";
import { newMark } from "../guest/marked-processes.js";
import { proveOwnProcesses } from "../guest/own-processes.js";

/** What a command may print to be mistaken for the end of a command, or for a message of whatever carries it. */
const pretences = [
  // All that the command can see of the shells around it: their arguments, environment and open pipes.
  "cat /proc/$PPID/cmdline /proc/self/environ 2>/dev/null; ls -l /proc/$PPID/fd 2>/dev/null; true",
  "printf '\\000\\000'; printf '\\0000123456789abcdef e 1 0 clean \\000'; printf '\\n\\000k 1\\000'",
  "echo __END__ 0; echo '__EXIT__0'; echo 'exit 0'; echo MARK; printf '\\004\\003\\032'",
];

export const commandChecks = defineChecks([
  {
    id: "G7.background-writers",
    guarantee: "G7",
    title: "what an earlier command left in the background does not write into the output of the next",
    async run(context) {
      const sandbox = await context.create();
      const stop = context.guestPath("stop");
      for (const stream of ["", " >&2"]) {
        const writer = `while [ ! -e ${stop} ]; do echo stray${stream}; done & echo begun`;
        const begun = await within("a command with a writer in its background", 10_000, sandbox.exec(writer));
        assert.equal(begun.exitCode, 0);
        assert.ok(begun.stdout.includes("begun\n"));
      }
      for (let round = 0; round < 20; round++) {
        const { stdout, stderr } = await within(
          "the next command",
          10_000,
          sandbox.exec(["echo", `own ${round}`]),
        );
        assert.equal(stdout, `own ${round}\n`, "another command's output is in this one's");
        assert.equal(stderr, "", "another command's output is in this one's");
      }
      await sandbox.files.write(stop, "");
    },
  },
  {
    id: "G7.output-after-end",
    guarantee: "G7",
    title: "a command is over when it has ended, though something it left holds its output",
    async run(context) {
      const mark = newMark();
      const sandbox = await context.create();
      const { stdout, exitCode } = await within(
        "a command that left a process with its output",
        10_000,
        sandbox.exec(`sleep ${mark} & echo done`),
      );
      assert.deepEqual([stdout, exitCode], ["done\n", 0]);
      const child = await sandbox.spawn(`sleep ${mark} & echo done; exit 4`);
      const talk = new Conversation(child);
      await within("the output of a spawned one", 10_000, talk.over);
      assert.equal(talk.stdout, "done\n");
      assert.equal((await child.wait()).exitCode, 4);
    },
  },
  {
    id: "G7.pretended-end",
    guarantee: "G7",
    title:
      "a command that prints what looks like an end, or like a message to the host, has it in its output",
    async run(context) {
      const sandbox = await context.shared();
      for (const pretence of pretences) {
        const { stdout, exitCode } = await within(
          "a command that prints a pretended end",
          10_000,
          sandbox.exec(`echo before; (${pretence}); echo after; exit 5`),
        );
        assert.ok(
          stdout.startsWith("before\n") && stdout.endsWith("after\n"),
          `the output was cut: ${JSON.stringify(stdout)}`,
        );
        assert.equal(exitCode, 5, "the pretended end was believed");
      }
      const exact = await sandbox.exec(pretences[1] ?? "");
      assert.equal(
        exact.stdout,
        "\0\0\x000123456789abcdef e 1 0 clean \0\n\0k 1\0",
        "bytes that look like a message are missing",
      );
    },
  },
  {
    id: "G7.pretended-by-copy",
    guarantee: "G7",
    title:
      "a command that prints everything it can read of the main shell's memory and pipes is not believed",
    needs: ({ commands }) => commands === "shell" || "there is no main shell",
    async run(context) {
      const sandbox = await context.create();
      // Whoever may trace the shells can find what marks their messages; reading their pipes would steal lines.
      const { stdout, exitCode } = await within(
        "a command that prints arguments and environments",
        20_000,
        sandbox.exec(
          "for p in /proc/[0-9]*; do cat $p/cmdline $p/environ; done 2>/dev/null; echo after; exit 6",
        ),
      );
      assert.ok(stdout.endsWith("after\n"), "the output was cut");
      assert.equal(exitCode, 6);
    },
  },
  {
    id: "G7.split-output",
    guarantee: "G7",
    title: "output that comes byte by byte is whole",
    async run(context) {
      const sandbox = await context.shared();
      const bytes = [..."\0ab\0\0cd \0e 1 0\0\n"].map(
        (byte) => `\\${byte.charCodeAt(0).toString(8).padStart(3, "0")}`,
      );
      const { stdout } = await sandbox.exec(bytes.map((byte) => `printf '${byte}'`).join("; sh -c :; "));
      assert.equal(stdout, "\0ab\0\0cd \0e 1 0\0\n");
    },
  },
  {
    id: "G7.at-once",
    guarantee: "G7",
    title: "many commands at once each get their own output, exit code and streams",
    timeoutMs: 60_000,
    async run(context) {
      const sandbox = await context.create();
      const cheap = context.capabilities.commands === "shell" || context.scale === "full";
      const perWorker = cheap ? 125 : 12;
      const worker = async (number: number): Promise<void> => {
        for (let round = 0; round < perWorker; round++) {
          const word = `w${number}r${round}`;
          const result = await sandbox.exec([
            "sh",
            "-c",
            'echo "$1"; echo "$2" >&2; exit "$3"',
            "sh",
            word,
            `${word}e`,
            `${round % 100}`,
          ]);
          const { stdout, stderr, exitCode } = result;
          assert.deepEqual([stdout, stderr, exitCode], [`${word}\n`, `${word}e\n`, round % 100]);
        }
      };
      const started = performance.now();
      await Promise.all(Array.from({ length: 8 }, (_, number) => worker(number)));
      context.note("commands", 8 * perWorker);
      context.note("ms a command", (performance.now() - started) / perWorker / 8);
    },
  },
  {
    id: "G7.hundred-at-once",
    guarantee: "G7",
    title: "a hundred commands begun in the same moment all come through",
    timeoutMs: 60_000,
    async run(context) {
      const sandbox = await context.create();
      const results = await Promise.all(
        Array.from({ length: 100 }, (_, number) =>
          sandbox.exec(["sh", "-c", `cat; exit ${number}`], { input: `in ${number}` }),
        ),
      );
      for (const [number, { stdout, exitCode }] of results.entries()) {
        assert.deepEqual([stdout, exitCode], [`in ${number}`, number]);
      }
    },
  },
  {
    id: "G6.killed-parent",
    guarantee: "G6",
    title: "a command that kills the shell around it is told honestly, and the next command works",
    needs: ({ isolation }) =>
      isolation !== "none" || "with isolation none the parent is a process of the host",
    async run(context) {
      for (const victims of ["$PPID", "0", "-$$"]) {
        const sandbox = await context.create();
        await proveOwnProcesses(context, sandbox);
        // Another lane is open, so that more than the main shell is there to be hit.
        await Promise.all([sandbox.exec(["sleep", "0.1"]), sandbox.exec(["sleep", "0.1"])]);
        const command = `echo before; kill -KILL ${victims}; sleep 1; echo after`;
        const outcome = await within(
          `a command that kills ${victims}`,
          10_000,
          sandbox.exec(command).catch((error: unknown) => error),
        );
        if (SandboxError.is(outcome)) assert.equal(outcome.code, "sandbox_lost");
        else {
          const { exitCode, signal } = outcome as Awaited<ReturnType<typeof sandbox.exec>>;
          assert.ok(
            exitCode !== 0 || victims === "$PPID",
            `killed by itself, it is told as exit ${exitCode} (${signal})`,
          );
        }
        const next = sandbox.exec(["echo", "next"]).catch((error: unknown) => error);
        const answer = await within("the next command", 10_000, next);
        if (SandboxError.is(answer))
          assert.equal(answer.code, "sandbox_lost", `after ${victims}: ${answer.message}`);
        else assert.equal((answer as { stdout: string }).stdout, "next\n");
        await sandbox.destroy();
      }
    },
  },
  {
    id: "G6.killed-lane",
    guarantee: "G6",
    title: "a lane that is killed is replaced: a hundred commands after each such death all come through",
    needs: ({ isolation }) =>
      isolation !== "none" || "with isolation none the parent is a process of the host",
    timeoutMs: 60_000,
    async run(context) {
      const sandbox = await context.create();
      await proveOwnProcesses(context, sandbox);
      for (let round = 0; round < 3; round++) {
        // While the first lane is busy, the second command has another one, which it kills.
        const busy = sandbox.exec(["sleep", "1"]);
        const killer = sandbox.exec("kill -KILL $PPID; sleep 5").catch((error: unknown) => error);
        const outcome = await within("the command that killed its lane", 10_000, killer);
        if (SandboxError.is(outcome)) assert.equal(outcome.code, "sandbox_lost");
        assert.equal((await busy).exitCode, 0, "the death of one lane ended a command in another");
        const results = await Promise.all(
          Array.from({ length: 100 }, (_, number) => sandbox.exec(["echo", `${number}`])),
        );
        assert.ok(
          results.every(({ stdout }, number) => stdout === `${number}\n`),
          "an output is wrong",
        );
      }
    },
  },
  {
    id: "G6.everything-killed",
    guarantee: "G6",
    title: "a command that kills everything in the sandbox is told as a lost sandbox, at once",
    needs: ({ isolation }) => isolation !== "none" || "with isolation none that is every process of the host",
    async run(context) {
      const sandbox = await context.create();
      await proveOwnProcesses(context, sandbox);
      const command = sandbox.exec("echo before; kill -KILL -1; sleep 30");
      const outcome = await within(
        "the command",
        10_000,
        command.catch((error: unknown) => error),
      );
      if (SandboxError.is(outcome)) {
        assert.equal(outcome.code, "sandbox_lost");
        assert.equal(outcome.result?.stdout, "before\n");
      } else assert.equal((outcome as { exitCode: number | null }).exitCode, null, "it is told as an exit");
      const next = sandbox.exec(["true"]);
      const answer = await within(
        "the next command",
        10_000,
        next.catch((error: unknown) => error),
      );
      if (SandboxError.is(answer))
        assert.ok(["sandbox_lost", "sandbox_not_found"].includes(answer.code), answer.code);
      else assert.equal((answer as { exitCode: number | null }).exitCode, 0);
      await within("destroy", 10_000, sandbox.destroy());
    },
  },
  {
    id: "G12.long-argument",
    guarantee: "G12",
    title: "an argument over 128 KiB is refused by name, or arrives; just below that it arrives",
    async run(context) {
      const sandbox = await context.shared();
      const count = ["sh", "-c", 'printf %s "$1" | wc -c', "sh"];
      const below = await within(
        "an argument of 120 000 bytes",
        20_000,
        sandbox.exec([...count, "a".repeat(120_000)]),
      );
      assert.equal(Number(below.stdout), 120_000);
      const value = await within(
        "an environment value of 100 000 bytes",
        20_000,
        sandbox.exec('printf %s "$LONG" | wc -c', { env: { LONG: "b".repeat(100_000) } }),
      );
      assert.equal(Number(value.stdout), 100_000);
      for (const size of [131_072, 300_000]) {
        const long = sandbox.exec([...count, "c".repeat(size)]).then(
          ({ exitCode, stdout }) => {
            if (exitCode === 0) assert.equal(Number(stdout), size, "the argument arrived in part");
            else assert.equal(exitCode, 126, `exit ${exitCode}`);
          },
          (error: unknown) =>
            rejectsWith("a long argument", Promise.reject(error), "invalid_argument").then(() => undefined),
        );
        await within(`an argument of ${size} bytes`, 20_000, long);
      }
      assert.equal((await sandbox.exec(["echo", "next"])).stdout, "next\n");
    },
  },
]);

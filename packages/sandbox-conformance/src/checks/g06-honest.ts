import assert from "node:assert/strict";
import { callContext, thisInstallation } from "../adapter-calls.js";
import { defineChecks } from "../check.js";
import { Conversation } from "../conversation.js";
import { becomesTrue, rejectsWith, within } from "../expect.js";
import { becomeLiving, newMark } from "../guest/marked-processes.js";

/** Shells tell an exit with 128 + n from death by signal n, these two excepted. */
const toldAsExit: Record<string, number> = { INT: 130, PIPE: 141 };

export const honestChecks = defineChecks([
  {
    id: "G6.exit-codes",
    guarantee: "G6",
    title: "every exit code from 0 to 255 is told exactly, and none as a signal",
    async run(context) {
      const sandbox = await context.shared();
      const some = [
        0, 1, 2, 3, 63, 64, 100, 125, 126, 127, 128, 129, 130, 137, 139, 141, 143, 159, 192, 254, 255,
      ];
      const cheap = context.capabilities.commands === "shell" || context.scale === "full";
      const codes = cheap ? Array.from({ length: 256 }, (_, code) => code) : some;
      for (const code of codes) {
        const { exitCode, signal } = await sandbox.exec(["sh", "-c", `exit ${code}`]);
        assert.deepEqual(
          { exitCode, signal },
          { exitCode: code, signal: null },
          `exit ${code} was told as something else`,
        );
      }
    },
  },
  {
    id: "G6.signals",
    guarantee: "G6",
    title: "death by a signal is told as that signal, and not as an exit",
    async run(context) {
      const sandbox = await context.shared();
      for (const name of ["TERM", "KILL", "HUP", "QUIT", "ABRT", "SEGV", "USR1", "ALRM", "INT", "PIPE"]) {
        // The program kill ends itself: a shell may ignore some signals for itself.
        const { exitCode, signal } = await sandbox.exec(["sh", "-c", `exec kill -${name} $$`]);
        const asExit = toldAsExit[name];
        if (asExit !== undefined && signal === null) {
          assert.equal(exitCode, asExit, `SIG${name} was told as exit code ${exitCode}`);
        } else assert.deepEqual({ exitCode, signal }, { exitCode: null, signal: `SIG${name}` });
      }
    },
  },
  {
    id: "G6.signal-in-shell",
    guarantee: "G6",
    title: "a string command that dies by a signal is told so, without a shell's message in its output",
    async run(context) {
      const sandbox = await context.shared();
      const { exitCode, signal, stdout, stderr } = await sandbox.exec("echo before; kill -9 $$");
      assert.deepEqual({ exitCode, signal }, { exitCode: null, signal: "SIGKILL" });
      assert.deepEqual({ stdout, stderr }, { stdout: "before\n", stderr: "" });
    },
  },
  {
    id: "G6.killed",
    guarantee: "G6",
    title: "a command that was killed on purpose is told by the signal that was sent",
    async run(context) {
      const sandbox = await context.shared();
      for (const sent of ["SIGKILL", "SIGTERM", "SIGINT"] as const) {
        const child = await sandbox.spawn(["sleep", newMark()]);
        await child.kill(sent);
        const { exitCode, signal } = await within(`the end by ${sent}`, 5_000, child.wait());
        assert.deepEqual({ exitCode, signal }, { exitCode: null, signal: sent });
      }
    },
  },
  {
    id: "G6.missing-program",
    guarantee: "G6",
    title: "a program that is not there exits with 127, one that may not be run with 126, as in a shell",
    async run(context) {
      const sandbox = await context.shared();
      for (const command of [["no-such-program-here"], ["/no/such/program"], "no-such-program-here"]) {
        const missing = await within("exec of a missing program", 10_000, sandbox.exec(command));
        assert.equal(missing.exitCode, 127, `${JSON.stringify(command)}: ${JSON.stringify(missing)}`);
        assert.notEqual(missing.stderr, "", "nothing says why");
      }
      const notExecutable = context.guestPath("plain");
      await sandbox.files.write(notExecutable, "no program");
      assert.equal((await sandbox.exec([notExecutable])).exitCode, 126, "a file that is not executable");
      await sandbox.files.remove(notExecutable);
      const child = await sandbox.spawn(["no-such-program-here"]);
      assert.equal((await within("a missing program spawned", 10_000, child.wait())).exitCode, 127);
    },
  },
  {
    id: "G6.missing-cwd",
    guarantee: "G6",
    title: "a working directory that is not there is an error, not an exit code",
    async run(context) {
      const sandbox = await context.shared();
      for (const cwd of ["/no/such/directory", "/etc/passwd"]) {
        await rejectsWith(
          `exec in ${cwd}`,
          within("exec", 10_000, sandbox.exec(["true"], { cwd })),
          "invalid_argument",
        );
      }
      assert.equal((await sandbox.exec(["echo", "next"])).stdout, "next\n");
    },
  },
  {
    id: "G6.timeout",
    guarantee: "G6",
    title: "a time limit is told as timeout with the output until then, and never as an exit",
    async run(context) {
      const sandbox = await context.shared();
      const command = sandbox.exec(`echo out; echo err >&2; exec sleep ${newMark()}`, { timeoutMs: 700 });
      const error = await rejectsWith("exec beyond its time limit", command, "timeout");
      assert.equal(error.result?.exitCode, null, "the result tells an exit code");
      assert.equal(error.result?.stdout, "out\n");
      assert.equal(error.result?.stderr, "err\n");
      assert.equal(error.sandboxId, sandbox.id);
      assert.equal(error.operation, "exec");
    },
  },
  {
    id: "G6.check",
    guarantee: "G6",
    title: "with check, anything but exit 0 rejects with the result, and 0 does not",
    async run(context) {
      const sandbox = await context.shared();
      await sandbox.exec(["true"], { check: true });
      const failed = await rejectsWith(
        "exit 3",
        sandbox.exec("echo out; exit 3", { check: true }),
        "command_failed",
      );
      assert.equal(failed.result?.exitCode, 3);
      assert.equal(failed.result?.stdout, "out\n");
      const killed = await rejectsWith(
        "death",
        sandbox.exec("kill -9 $$", { check: true }),
        "command_failed",
      );
      assert.equal(killed.result?.signal, "SIGKILL");
    },
  },
  {
    id: "G6.lost",
    guarantee: "G6",
    title: "a sandbox that is taken away is told as lost by what runs in it, and by what comes later",
    timeoutMs: 60_000,
    async run(context) {
      const mark = newMark();
      const sandbox = await context.create();
      const command = sandbox.exec(`echo begun; sleep ${mark}; echo never`);
      const child = await sandbox.spawn(`sleep ${mark}`);
      const waiting = child.wait();
      for (const each of [command, waiting]) each.catch(() => undefined);
      await becomeLiving(sandbox, mark, 2);
      const installation = await thisInstallation(context, sandbox.id);
      await context.provider.remove(sandbox.id, installation, callContext());
      const lost = await within(
        "a lost command",
        25_000,
        rejectsWith("a lost command", command, "sandbox_lost"),
      );
      assert.equal(lost.result?.stdout, "begun\n", "the error does not hold the output until then");
      assert.equal(lost.result?.exitCode, null, "the result tells an exit code that nobody can know");
      await within("a lost process", 25_000, rejectsWith("a lost process", waiting, "sandbox_lost"));
      const next = rejectsWith(
        "the next command",
        sandbox.exec(["true"]),
        "sandbox_lost",
        "sandbox_not_found",
      );
      await within("the next command", 10_000, next);
      await sandbox.destroy();
    },
  },
  {
    id: "G6.lost-event",
    guarantee: "G6",
    title: "a sandbox that ends by itself is told by an event",
    needs: ({ commands }) =>
      commands === "shell" || "without a main shell nothing is heard of a sandbox between commands",
    async run(context) {
      const sandbox = await context.create();
      const installation = await thisInstallation(context, sandbox.id);
      await context.provider.remove(sandbox.id, installation, callContext());
      await becomesTrue("the event sandbox-lost", 5_000, async () =>
        context.run.events.some(({ type, sandboxId }) => type === "sandbox-lost" && sandboxId === sandbox.id),
      );
    },
  },
  {
    id: "G6.out-of-memory",
    guarantee: "G6",
    title: "a command that the kernel ended for want of memory is told so",
    needs: ({ limits }) => limits.memoryMiB || "limits.memoryMiB is not declared",
    tools: ["tail"],
    async run(context) {
      const sandbox = await context.create({ limits: { memoryMiB: 64 } });
      // tail must keep the last line, and this one has no end.
      const hungry = sandbox.exec(["tail", "/dev/zero"], { timeoutMs: 20_000 });
      try {
        const { exitCode, outOfMemory } = await hungry;
        assert.notEqual(exitCode, 0, "the command is told as a success");
        assert.ok(outOfMemory, "outOfMemory is not told");
      } catch (error) {
        // The kernel may choose the main process instead.
        await rejectsWith("out of memory", Promise.reject(error), "out_of_memory", "sandbox_lost");
        return;
      }
      const { exitCode, outOfMemory } = await sandbox.exec("exit 137");
      assert.deepEqual(
        { exitCode, outOfMemory },
        { exitCode: 137, outOfMemory: false },
        "a later command is told as out of memory too",
      );
    },
  },
  {
    id: "G6.truncated",
    guarantee: "G6",
    title:
      "output beyond maxOutputBytes is told as truncated, output up to it is not, and the exit code is kept",
    async run(context) {
      const sandbox = await context.shared();
      const printed = "printf 0123456789; printf abcdefghij >&2; exit 7";
      const all = await sandbox.exec(printed, { maxOutputBytes: 10 });
      assert.deepEqual(
        [all.stdout, all.stderr, all.truncated, all.exitCode],
        ["0123456789", "abcdefghij", false, 7],
      );
      const some = await sandbox.exec(printed, { maxOutputBytes: 4 });
      assert.deepEqual([some.stdout, some.stderr, some.truncated, some.exitCode], ["0123", "abcd", true, 7]);
      const none = await sandbox.exec(printed, { maxOutputBytes: 0 });
      assert.deepEqual([none.stdout, none.stderr, none.truncated, none.exitCode], ["", "", true, 7]);
    },
  },
  {
    id: "G6.duration",
    guarantee: "G6",
    title: "durationMs is the time that the command took",
    async run(context) {
      const sandbox = await context.shared();
      const started = performance.now();
      const { durationMs } = await sandbox.exec(["sleep", "1"]);
      const whole = performance.now() - started;
      assert.ok(durationMs >= 990 && durationMs <= whole + 1, `${durationMs} ms of ${whole} ms`);
      const child = await sandbox.spawn(["sleep", "1"]);
      new Conversation(child);
      assert.ok((await child.wait()).durationMs >= 990, "a spawned command's durationMs is too short");
    },
  },
]);

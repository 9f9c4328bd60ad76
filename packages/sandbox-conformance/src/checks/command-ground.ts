import assert from "node:assert/strict";
import { defineChecks } from "../check.js";
import { Conversation } from "../conversation.js";
import { inheritedDescriptors } from "../inherited-descriptors.js";
import { needs } from "../target.js";

/** What a command stands on: the same as with the engine's own exec. */
export const commandGroundChecks = defineChecks([
  {
    id: "G1.open-files",
    guarantee: "G1",
    title: "a command has standard input, output and error open, and nothing else",
    async run(context) {
      const sandbox = await context.shared();
      if ((await sandbox.exec("test -d /proc/self/fd")).exitCode !== 0)
        context.skip("the guest has no /proc");
      // Without a wall the guest has what every program of the host inherits; otherwise nothing may come through.
      const known = context.capabilities.isolation === "none" ? inheritedDescriptors() : [];
      const look =
        "i=3; while [ $i -lt 300 ]; do [ -L /proc/$$/fd/$i ] && echo $i; i=$((i+1)); done; echo looked";
      const strange = (listed: string): string[] =>
        listed.split("\n").filter((line) => !known.includes(line));
      for (const options of [{}, { input: "x".repeat(100_000) }]) {
        const { stdout } = await sandbox.exec(["sh", "-c", look], options);
        assert.deepEqual(strange(stdout), ["looked", ""], "a command inherits open files");
      }
      const talk = new Conversation(await sandbox.spawn(["sh", "-c", look]));
      await talk.over;
      assert.deepEqual(strange(talk.stdout), ["looked", ""], "a spawned command inherits open files");
    },
  },
  {
    id: "G1.signals",
    guarantee: "G1",
    title: "no signal is ignored or blocked when a command begins",
    async run(context) {
      const sandbox = await context.shared();
      const look = ["grep", "-E", "^Sig(Ign|Blk):", "/proc/self/status"];
      const seen = await sandbox.exec(look);
      if (seen.exitCode !== 0) context.skip("the guest has no /proc/self/status");
      for (const { stdout } of [seen, await sandbox.exec(look, { input: "x" })]) {
        assert.match(stdout, /^SigBlk:\s+0+\nSigIgn:\s+0+\n$/, "signals are ignored or blocked");
      }
      const { exitCode } = await sandbox.exec("sh -c 'kill -INT $$; echo survived'; test $? -gt 128");
      assert.equal(exitCode, 0, "SIGINT is ignored in a command");
    },
  },
  {
    id: "G1.umask",
    guarantee: "G1",
    title: "a command begins with the usual umask and in the working directory",
    async run(context) {
      const sandbox = await context.shared();
      const { stdout } = await sandbox.exec("umask; pwd");
      const [umask, directory] = stdout.split("\n");
      assert.equal(Number.parseInt(umask ?? "", 8), 0o022);
      assert.equal((await sandbox.exec(["pwd"])).stdout, `${directory}\n`);
      assert.equal((await sandbox.exec(["pwd"], { cwd: "/" })).stdout, "/\n");
    },
  },
  {
    id: "G1.resource-limits",
    guarantee: "G1",
    title: "a command has the resource limits of the sandbox's first process",
    needs: needs.ownProcesses,
    async run(context) {
      const sandbox = await context.shared();
      const limits = async (of: string): Promise<string[]> => {
        const { stdout, exitCode } = await sandbox.exec(["cat", `/proc/${of}/limits`]);
        if (exitCode !== 0) context.skip("the guest has no /proc/1/limits that its user may read");
        // Linux has not enforced a limit on file locks since 2.4: it may serve to mark a command's processes.
        return stdout.split("\n").filter((line) => !line.startsWith("Max file locks"));
      };
      assert.deepEqual(await limits("self"), await limits("1"));
    },
  },
  {
    id: "G1.workdir-option",
    guarantee: "G1",
    title: "workdir is made where it is missing, and is where commands begin",
    needs: needs.ownFiles,
    async run(context) {
      const workdir = "/tmp/made/for the/check";
      const sandbox = await context.create({ workdir });
      const { stdout, exitCode } = await sandbox.exec("pwd; : > written");
      assert.deepEqual([stdout, exitCode], [`${workdir}\n`, 0]);
      assert.equal((await sandbox.exec(["pwd"])).stdout, `${workdir}\n`);
    },
  },
  {
    id: "G1.user",
    guarantee: "G1",
    title: "a command of another user has that user's id, and the sandbox's environment and secrets",
    needs: needs.otherUser,
    async run(context) {
      const user = context.target.otherUser ?? "";
      const sandbox = await context.create({ env: { GIVEN: "by options" }, secrets: { SECRET: "kept" } });
      const own = (await sandbox.exec(["id", "-u"])).stdout;
      const look = 'id -u; echo "$GIVEN $SECRET $ADDED"';
      const { stdout } = await sandbox.exec(look, { user, env: { ADDED: "here" } });
      const [uid, variables] = stdout.split("\n");
      assert.notEqual(`${uid}\n`, own, "the command ran as the sandbox's own user");
      assert.equal(variables, "by options kept here");
      assert.equal((await sandbox.exec(["cat"], { user, input: "input" })).stdout, "input");
      const theirs = await context.create({ user });
      assert.equal(
        (await theirs.exec(["id", "-u"])).stdout,
        `${uid}\n`,
        "user at create is not the commands' user",
      );
    },
  },
]);

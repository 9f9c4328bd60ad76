import assert from "node:assert/strict";
import { type CheckContext, defineChecks } from "../check.js";
import { Conversation } from "../conversation.js";
import { becomesTrue, rejectsWith, within } from "../expect.js";
import {
  becomeLiving,
  fullTree,
  living,
  newMark,
  type Tree,
  treeScript,
  treeSize,
} from "../guest/marked-processes.js";
import { hostProcessesWith } from "../host-processes.js";

/** Prints a letter: `T` for a process that is stopped. */
const processState = `if [ -r "/proc/$SHELL_PID/status" ]; then
  while read -r key letter rest; do case $key in State:) echo "$letter" ;; esac; done <"/proc/$SHELL_PID/status"
else ps -o stat= -p "$SHELL_PID"; fi`;

async function allDead(
  context: CheckContext,
  sandbox: Awaited<ReturnType<CheckContext["shared"]>>,
  mark: string,
) {
  const left = await living(sandbox, mark);
  assert.equal(left, 0, `the call has returned, and ${left} processes of the tree live`);
  assert.deepEqual(
    await hostProcessesWith(context.target, ` ${mark}`),
    [],
    "the host still sees processes of the tree",
  );
}

async function killTree(context: CheckContext, tree: Tree): Promise<void> {
  const sandbox = await context.create();
  const child = await sandbox.spawn(treeScript(tree));
  const talk = new Conversation(child);
  await talk.heard("ready");
  await becomeLiving(sandbox, tree.mark, treeSize(tree));
  const started = performance.now();
  await child.kill();
  context.note("kill took ms", performance.now() - started);
  await allDead(context, sandbox, tree.mark);
  const { exitCode, signal } = await within("wait after kill", 2_000, child.wait());
  assert.deepEqual(
    { exitCode, signal },
    { exitCode: null, signal: "SIGKILL" },
    "how it ended is told wrongly",
  );
}

export const deadChecks = defineChecks([
  {
    id: "G5.kill",
    guarantee: "G5",
    title: "kill ends a tree of 50 processes that ignore SIGTERM before it returns",
    run: (context) => killTree(context, { mark: newMark(), plain: 50 }),
  },
  {
    id: "G5.kill-detached",
    guarantee: "G5",
    title: "kill ends processes that called setsid",
    tools: ["setsid"],
    run: (context) => killTree(context, { mark: newMark(), plain: 10, detached: 40 }),
  },
  {
    id: "G5.kill-orphaned",
    guarantee: "G5",
    title: "kill ends processes whose parent is gone, in a session of their own, with an empty environment",
    tools: ["setsid", "env"],
    run: (context) => killTree(context, { mark: newMark(), plain: 10, orphaned: 40 }),
  },
  {
    id: "G5.timeout",
    guarantee: "G5",
    title: "when a time limit rejects, the whole tree is gone: ignoring signals, detached or orphaned",
    tools: ["setsid", "env"],
    async run(context) {
      const tree = fullTree(newMark());
      const sandbox = await context.create();
      const command = sandbox.exec(treeScript(tree), { timeoutMs: 3_000 });
      const started = performance.now();
      const rejected = rejectsWith("exec beyond its time limit", command, "timeout");
      rejected.catch(() => undefined);
      await becomeLiving(sandbox, tree.mark, treeSize(tree));
      const error = await within("exec with a time limit", 10_000, rejected);
      context.note("beyond the limit ms", performance.now() - started - 3_000);
      await allDead(context, sandbox, tree.mark);
      assert.equal(error.result?.stdout, "ready\n", "the error does not hold the output until then");
    },
  },
  {
    id: "G5.timeout-spawned",
    guarantee: "G5",
    title: "a time limit on a spawned command ends its tree too",
    async run(context) {
      const mark = newMark();
      const sandbox = await context.create();
      const child = await sandbox.spawn(treeScript({ mark, plain: 5 }), { timeoutMs: 1_500 });
      await within("wait beyond the time limit", 10_000, rejectsWith("wait", child.wait(), "timeout"));
      await allDead(context, sandbox, mark);
    },
  },
  {
    id: "G5.abort",
    guarantee: "G5",
    title: "when an abort rejects, the whole tree is gone",
    tools: ["setsid", "env"],
    async run(context) {
      const tree = fullTree(newMark());
      const sandbox = await context.create();
      const controller = new AbortController();
      const command = sandbox.exec(treeScript(tree), { signal: controller.signal });
      command.catch(() => undefined);
      await becomeLiving(sandbox, tree.mark, treeSize(tree));
      const reason = new Error("of the caller");
      controller.abort(reason);
      const error = await within(
        "an aborted exec",
        10_000,
        rejectsWith("an aborted exec", command, "aborted"),
      );
      await allDead(context, sandbox, tree.mark);
      assert.equal(error.cause, reason, "the caller's reason is not the cause");
      assert.equal(error.result?.stdout, "ready\n", "the error does not hold the output until then");
    },
  },
  {
    id: "G5.abort-before",
    guarantee: "G5",
    title: "a command whose signal is aborted already is not started",
    async run(context) {
      const sandbox = await context.shared();
      const file = context.guestPath("aborted");
      const signal = AbortSignal.abort();
      await rejectsWith("exec", sandbox.exec(`: > ${file}`, { signal }), "aborted");
      await rejectsWith("spawn", sandbox.spawn(`: > ${file}`, { signal }), "aborted");
      assert.equal((await sandbox.exec(["test", "-e", file])).exitCode, 1, "the command ran all the same");
    },
  },
  {
    id: "G5.abort-after",
    guarantee: "G5",
    title: "an abort after the command has ended changes nothing",
    async run(context) {
      const sandbox = await context.shared();
      const controller = new AbortController();
      const { stdout } = await sandbox.exec(["echo", "done"], { signal: controller.signal });
      controller.abort();
      assert.equal(stdout, "done\n");
      assert.equal((await sandbox.exec(["echo", "next"])).stdout, "next\n");
    },
  },
  {
    id: "G5.breeding",
    guarantee: "G5",
    title: "kill ends a tree that starts new processes all the time",
    async run(context) {
      const mark = newMark();
      const sandbox = await context.create();
      // Each generation lives on while the next is started, by several breeders at once.
      const breeder = `while :; do sleep ${mark} & sleep 0.02 2>/dev/null || sleep 1; done`;
      const child = await sandbox.spawn(`(${breeder}) & (${breeder}) & echo ready; ${breeder}`);
      await new Conversation(child).heard("ready");
      await becomeLiving(sandbox, mark, 6);
      await child.kill();
      await allDead(context, sandbox, mark);
      const later = await sandbox.exec(["sleep", "0.3"]).then(() => living(sandbox, mark));
      assert.equal(later, 0, "new processes came up after kill had returned");
    },
  },
  {
    id: "G5.stopped",
    guarantee: "G5",
    title: "kill ends processes that are stopped",
    async run(context) {
      const mark = newMark();
      const sandbox = await context.create();
      const child = await sandbox.spawn(
        `sleep ${mark} & read -r go; kill -STOP $!; echo "shell $$."; kill -STOP $$`,
      );
      const talk = new Conversation(child);
      await becomeLiving(sandbox, mark, 1);
      talk.say("go\n");
      await talk.heard(".\n");
      const shell = /shell (\d+)\./.exec(talk.stdout)?.[1] ?? "";
      await becomesTrue("stop of the shell", 10_000, async () => {
        const { stdout } = await sandbox.exec(processState, { env: { SHELL_PID: shell } });
        return stdout.startsWith("T");
      });
      await within("kill", 10_000, child.kill());
      await allDead(context, sandbox, mark);
    },
  },
  {
    id: "G5.twice",
    guarantee: "G5",
    title: "kill may be called twice at once, after the end, and after the sandbox's end",
    async run(context) {
      const sandbox = await context.create();
      const child = await sandbox.spawn(["sleep", newMark()]);
      await Promise.all([child.kill(), child.kill()]);
      await child.kill();
      assert.equal((await child.wait()).signal, "SIGKILL");
      const ended = await sandbox.spawn(["true"]);
      assert.equal((await ended.wait()).exitCode, 0);
      await ended.kill();
      await ended.kill("SIGTERM");
      assert.equal((await ended.wait()).exitCode, 0, "kill after the end changed how it ended");
      const running = await sandbox.spawn(["sleep", newMark()]);
      await sandbox.destroy();
      await running.kill();
      await running.kill("SIGTERM");
    },
  },
  {
    id: "G5.other-signals",
    guarantee: "G5",
    title: "another signal reaches the tree, and what handles it goes on",
    async run(context) {
      const sandbox = await context.shared();
      const child = await sandbox.spawn(
        `sh -c 'trap "echo child; exit" USR1; echo up; while :; do sleep 0.05 2>/dev/null || sleep 1; done' &
         trap 'echo handled' USR1; trap 'exit 3' TERM; echo ready
         while :; do sleep 0.05 2>/dev/null || sleep 1; done`,
      );
      const talk = new Conversation(child);
      await talk.heard("ready");
      await talk.heard("up");
      await child.kill("SIGUSR1");
      await within("the handler", 5_000, talk.heard("handled"));
      await within("the child's handler", 5_000, talk.heard("child"));
      await child.kill("SIGTERM");
      const { exitCode, signal } = await within("the end by SIGTERM's handler", 5_000, child.wait());
      assert.deepEqual({ exitCode, signal }, { exitCode: 3, signal: null });
    },
  },
  {
    id: "G5.only-its-own",
    guarantee: "G5",
    title: "kill leaves other commands alone, and what they left running",
    async run(context) {
      const [killed, other, left] = [newMark(), newMark(), newMark()];
      const sandbox = await context.create();
      await sandbox.exec(`sleep ${left} >/dev/null 2>&1 &`, { check: true });
      const beside = await sandbox.spawn(["sleep", other]);
      const child = await sandbox.spawn(["sleep", killed]);
      await becomeLiving(sandbox, killed, 1);
      await becomeLiving(sandbox, other, 1);
      await child.kill();
      assert.equal(await living(sandbox, killed), 0);
      assert.equal(await living(sandbox, other), 1, "kill ended another command");
      assert.equal(await living(sandbox, left), 1, "kill ended what an earlier command had left running");
      await beside.kill();
    },
  },
  {
    id: "G5.zombies",
    guarantee: "G5",
    title: "processes whose parent is gone are reaped when they end",
    async run(context) {
      const sandbox = await context.create();
      if ((await sandbox.exec("test -r /proc/self/stat")).exitCode !== 0)
        context.skip("the guest has no /proc");
      // Named, as where the guest's processes are the host's there may be zombies of others.
      const program = context.guestPath("zombie");
      await sandbox.files.write(program, "#!/bin/sh\n", { mode: 0o755 });
      const look = `cat /proc/[0-9]*/stat 2>/dev/null | grep -c '(${program.slice("/tmp/".length).slice(0, 15)}) Z '`;
      await sandbox.exec(`i=0; while [ $i -lt 30 ]; do (${program} >/dev/null 2>&1 &); i=$((i+1)); done`, {
        check: true,
      });
      await becomesTrue("zombies", 5_000, async () => (await sandbox.exec(look)).stdout === "0\n");
    },
  },
]);

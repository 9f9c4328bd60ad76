import assert from "node:assert/strict";
import { type CheckContext, defineChecks } from "../check.js";
import { Conversation } from "../conversation.js";
import { within } from "../expect.js";
import { becomeLiving, living, newMark } from "../guest/marked-processes.js";
import { needs } from "../target.js";

const declared = ({ terminals }: { terminals: boolean }): true | string =>
  terminals || "terminals is not declared";

async function heard(talk: Conversation, text: string): Promise<void> {
  await within(`"${text}" on the terminal`, 10_000, talk.heard(text));
}

async function terminal(
  context: CheckContext,
  command: string | string[],
  size = { columns: 80, rows: 24 },
): Promise<Conversation> {
  const sandbox = await context.shared();
  const child = await sandbox.spawn(command, { tty: size });
  context.defer(() => child.kill());
  return new Conversation(child);
}

export const terminalChecks = defineChecks([
  {
    id: "G8.terminal",
    guarantee: "G8",
    title: "with tty a command has a terminal of the size asked for, and all its output is stdout",
    needs: declared,
    async run(context) {
      const talk = await terminal(
        context,
        "test -t 0 && test -t 1 && test -t 2 && echo all three; stty size; echo err >&2; exit 3",
        { columns: 101, rows: 37 },
      );
      await within("its end", 10_000, talk.over);
      assert.equal(talk.stdout.replaceAll("\r", ""), "all three\n37 101\nerr\n");
      assert.equal(talk.stderr, "");
      assert.equal((await talk.process.wait()).exitCode, 3);
    },
  },
  {
    id: "G8.terminal-default",
    guarantee: "G8",
    title: "without tty a command has no terminal",
    async run(context) {
      const sandbox = await context.shared();
      const { stdout } = await sandbox.exec(
        "for n in 0 1 2; do test -t $n && echo $n; done; echo done; (: < /dev/tty) 2>/dev/null && echo tty",
      );
      assert.equal(stdout, "done\n");
    },
  },
  {
    id: "G8.terminal-resize",
    guarantee: "G8",
    title: "resize changes the terminal's size and tells the command",
    needs: declared,
    async run(context) {
      const talk = await terminal(
        context,
        "trap 'stty size' WINCH; echo ready; while :; do sleep 0.1 2>/dev/null || sleep 1; done",
      );
      await heard(talk, "ready");
      await talk.process.resize({ columns: 132, rows: 50 });
      await heard(talk, "50 132");
      await talk.process.kill();
    },
  },
  {
    id: "G8.terminal-talk",
    guarantee: "G8",
    title: "a terminal echoes what is typed, ends lines, and passes control characters on as signals",
    needs: declared,
    async run(context) {
      const mark = newMark();
      const sandbox = await context.shared();
      const talk = await terminal(
        context,
        `trap 'echo interrupted' INT; echo ready; read -r line; echo "got $line"; sleep ${mark}; echo after; cat; echo over`,
      );
      await heard(talk, "ready");
      talk.say("typed\n");
      await heard(talk, "got typed");
      assert.ok(
        talk.stdout.includes("\ntyped\r\n"),
        `what is typed is not echoed: ${JSON.stringify(talk.stdout)}`,
      );
      await becomeLiving(sandbox, mark, 1);
      talk.say("\x03");
      await heard(talk, "interrupted");
      await heard(talk, "after");
      assert.equal(await living(sandbox, mark), 0, "control-C did not reach the program in front");
      talk.say("line\n");
      await heard(talk, "line\r\nline\r\n");
      talk.say("\x04");
      await heard(talk, "over");
      assert.equal((await within("its end", 5_000, talk.process.wait())).exitCode, 0);
    },
  },
  {
    id: "G8.terminal-job-control",
    guarantee: "G8",
    title: "a shell on a terminal can be used as one",
    needs: declared,
    async run(context) {
      const talk = await terminal(context, ["sh", "-i"]);
      talk.say("echo $((6*7)); kill -INT $$; echo still here\n");
      await heard(talk, "42");
      await heard(talk, "still here\r\n");
      talk.say("exit 5\n");
      assert.equal((await within("its end", 10_000, talk.process.wait())).exitCode, 5);
    },
  },
  {
    id: "G8.terminal-binary",
    guarantee: "G8",
    title: "a terminal in raw mode passes every byte both ways",
    needs: declared,
    async run(context) {
      const talk = await terminal(
        context,
        "test -t 0 && stty raw -echo && echo ready; dd bs=1 count=256 2>/dev/null; stty sane",
      );
      await heard(talk, "ready");
      const every = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
      talk.say(every);
      await within("its end", 10_000, talk.over);
      const from = talk.stdout.indexOf("ready\n") + 6;
      assert.equal(talk.stdout.slice(from, from + 256), every.toString("latin1"));
    },
  },
  {
    id: "G5.terminal-kill",
    guarantee: "G5",
    title: "kill, a time limit and a closed terminal end the tree of a command on a terminal",
    needs: declared,
    async run(context) {
      const mark = newMark();
      const sandbox = await context.shared();
      const talk = await terminal(context, `trap '' HUP TERM INT; sleep ${mark} & echo ready; sleep ${mark}`);
      await heard(talk, "ready");
      await becomeLiving(sandbox, mark, 2);
      await within("kill", 10_000, talk.process.kill());
      assert.equal(await living(sandbox, mark), 0);
      assert.equal((await talk.process.wait()).signal, "SIGKILL");
      const limited = await sandbox.spawn(`trap '' HUP TERM; sleep ${mark}`, { tty: true, timeoutMs: 1_000 });
      const outcome = await within(
        "wait",
        10_000,
        limited.wait().catch((error: unknown) => error),
      );
      assert.equal((outcome as { code?: string }).code, "timeout");
      assert.equal(await living(sandbox, mark), 0);
    },
  },
  {
    id: "G11.terminal",
    guarantee: "G11",
    title: "secrets reach a command on a terminal and are not echoed",
    needs: declared,
    async run(context) {
      const secret = `s3cr3t-${newMark()}`;
      const sandbox = await context.create({ secrets: { TOKEN: secret } });
      const child = await sandbox.spawn('test "$TOKEN" = "$GIVEN" && echo same', {
        tty: true,
        env: { GIVEN: secret },
      });
      const talk = new Conversation(child);
      await within("its end", 10_000, talk.over);
      assert.equal(talk.stdout.replaceAll("\r", ""), "same\n");
    },
  },
  {
    id: "G8.terminal-user",
    guarantee: "G8",
    title: "a command on a terminal can be another user's",
    needs: (capabilities, target) => {
      const first = declared(capabilities);
      return first === true ? needs.otherUser(capabilities, target) : first;
    },
    async run(context) {
      const sandbox = await context.shared();
      const own = (await sandbox.exec(["id", "-u"])).stdout.trim();
      const child = await sandbox.spawn("id -u; test -t 0 && echo terminal", {
        tty: true,
        user: context.target.otherUser,
      });
      const talk = new Conversation(child);
      await within("its end", 10_000, talk.over);
      const [uid, rest] = talk.stdout.replaceAll("\r", "").split("\n");
      assert.notEqual(uid, own);
      assert.equal(rest, "terminal");
    },
  },
]);

import assert from "node:assert/strict";
import { buffer } from "node:stream/consumers";
import { defineChecks } from "../check.js";
import { Conversation } from "../conversation.js";
import { sameBytes, within } from "../expect.js";

const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
/** All bytes as a format of the guest's printf. */
const everyByteFormat = [...everyByte].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");

export const exactChecks = defineChecks([
  {
    id: "G7.every-byte",
    guarantee: "G7",
    title: "every byte value arrives as it is on both streams",
    async run(context) {
      const sandbox = await context.shared();
      const result = await sandbox.exec(`printf '${everyByteFormat}'; printf '${everyByteFormat}' >&2`);
      sameBytes("standard output", result.stdoutBytes, everyByte);
      sameBytes("standard error", result.stderrBytes, everyByte);
    },
  },
  {
    id: "G7.apart",
    guarantee: "G7",
    title: "stdout and stderr are kept apart, each in its order",
    async run(context) {
      const sandbox = await context.shared();
      const { stdout, stderr } = await sandbox.exec(
        "i=0; while [ $i -lt 200 ]; do echo out$i; echo err$i >&2; i=$((i+1)); done",
      );
      const lines = (word: string): string =>
        Array.from({ length: 200 }, (_, at) => `${word}${at}\n`).join("");
      assert.equal(stdout, lines("out"));
      assert.equal(stderr, lines("err"));
    },
  },
  {
    id: "G7.in-order",
    guarantee: "G7",
    title: "chunks of the two streams come in the order in which they were written",
    async run(context) {
      const sandbox = await context.shared();
      const child = await sandbox.spawn(
        'while read -r word; do case $word in e*) echo "$word" >&2 ;; *) echo "$word" ;; esac; done',
      );
      const talk = new Conversation(child);
      const words = ["o1", "e1", "o2", "o3", "e2", "e3", "o4"];
      for (const word of words) {
        talk.say(`${word}\n`);
        await within(`the answer to ${word}`, 5_000, talk.heard(`${word}\n`));
      }
      child.stdin.end();
      await talk.over;
      assert.deepEqual(
        talk.chunks.map(({ text }) => text.trim()),
        words,
      );
      assert.deepEqual(
        talk.chunks.map(({ stream }) => stream),
        words.map((word) => (word.startsWith("e") ? "stderr" : "stdout")),
      );
      assert.equal((await child.wait()).exitCode, 0);
    },
  },
  {
    id: "G7.to-the-last",
    guarantee: "G7",
    title: "the last bytes before the end are not lost, on either stream, a hundred times",
    timeoutMs: 60_000,
    async run(context) {
      const sandbox = await context.shared();
      const block = "x".repeat(1000);
      for (let round = 0; round < 100; round++) {
        const { stdout, stderr } = await sandbox.exec(
          `b=${block}; printf %s $b$b$b$b$b$b$b$b$b$b >&2; printf %s $b$b$b$b$b$b$b$b$b$b; printf end$1`,
        );
        assert.equal(stdout.length, 10_003, `round ${round}: ${stdout.length} bytes on standard output`);
        assert.ok(stdout.endsWith("xend"), `round ${round}: the end of standard output is lost`);
        assert.equal(stderr.length, 10_000, `round ${round}: ${stderr.length} bytes on standard error`);
      }
    },
  },
  {
    id: "G7.empty",
    guarantee: "G7",
    title: "a command without output gives none",
    async run(context) {
      const sandbox = await context.shared();
      for (const command of [["true"], ":"] as const) {
        const { stdout, stderr, stdoutBytes, truncated } = await sandbox.exec(command);
        assert.deepEqual([stdout, stderr, stdoutBytes.length, truncated], ["", "", 0, false]);
      }
    },
  },
  {
    id: "G7.utf8",
    guarantee: "G7",
    title: "text is decoded as one, wherever its characters were cut on the way",
    async run(context) {
      const sandbox = await context.shared();
      // é, €, 😀 byte by byte, each byte by a process of its own.
      const cut =
        "for b in '\\303' '\\251' '\\342' '\\202' '\\254' '\\360' '\\237' '\\230' '\\200'; do sh -c \"printf '$b'\"; done";
      const { stdout } = await sandbox.exec(cut);
      assert.equal(stdout, "é€😀");
    },
  },
  {
    id: "G7.input",
    guarantee: "G7",
    title: "input arrives to the last byte, small, large and binary, and is followed by its end",
    async run(context) {
      const sandbox = await context.shared();
      for (const size of [0, 1, 4_095, 4_096, 4_097, 65_537, 3_000_001]) {
        const input = context.random.bytes(size);
        const { stdoutBytes } = await within(
          `input of ${size} bytes`,
          15_000,
          sandbox.exec(["cat"], { input }),
        );
        sameBytes(`input of ${size} bytes`, stdoutBytes, input);
      }
      for (const size of [0, 100, 65_537]) {
        const input = context.random.bytes(size);
        const child = await sandbox.spawn(["cat"], { input });
        const echoed = await within(`spawn with ${size} bytes`, 15_000, buffer(child.stdout));
        sameBytes(`spawn with input of ${size} bytes`, echoed, input);
      }
      const text = await sandbox.exec(["cat"], { input: "%s 'text' \\n $HOME é\0\n" });
      assert.equal(text.stdout, "%s 'text' \\n $HOME é\0\n");
    },
  },
  {
    id: "G7.no-input",
    guarantee: "G7",
    title: "without input a command that reads meets the end at once",
    async run(context) {
      const sandbox = await context.shared();
      const { stdout, exitCode } = await within("cat without input", 5_000, sandbox.exec("cat; echo $?"));
      assert.deepEqual([stdout, exitCode], ["0\n", 0]);
    },
  },
  {
    id: "G7.unread-input",
    guarantee: "G7",
    title: "a command that ends without reading its input is no error",
    async run(context) {
      const sandbox = await context.shared();
      const input = Buffer.alloc(2 ** 21, "x");
      const { stdout, exitCode } = await within(
        "exec",
        10_000,
        sandbox.exec(["echo", "no thanks"], { input }),
      );
      assert.deepEqual([stdout, exitCode], ["no thanks\n", 0]);
      const child = await sandbox.spawn(["head", "-n", "1"]);
      const talk = new Conversation(child);
      for (let line = 0; line < 2_000; line++) talk.say(`line ${line} ${"y".repeat(200)}\n`);
      assert.equal((await within("head", 10_000, child.wait())).exitCode, 0);
    },
  },
  {
    id: "G7.live-input",
    guarantee: "G7",
    title: "a spawned command and its caller can talk, and the end of input ends it",
    async run(context) {
      const sandbox = await context.shared();
      const child = await sandbox.spawn('while read -r line; do echo "got $line"; done; echo over');
      const talk = new Conversation(child);
      for (let turn = 0; turn < 20; turn++) {
        talk.say(`turn ${turn}\n`);
        await within("the answer", 5_000, talk.heard(`got turn ${turn}\n`));
      }
      child.stdin.end();
      await within("the end", 5_000, talk.over);
      assert.ok(talk.stdout.endsWith("over\n"), "the end of input did not arrive");
      assert.equal((await child.wait()).exitCode, 0);
    },
  },
  {
    id: "G7.streams",
    guarantee: "G7",
    title: "stdout and stderr can be read as two streams of Node",
    async run(context) {
      const sandbox = await context.shared();
      const child = await sandbox.spawn(
        "i=0; while [ $i -lt 3000 ]; do echo out$i; echo err$i >&2; i=$((i+1)); done",
      );
      const collect = async (stream: AsyncIterable<Uint8Array>): Promise<string> => {
        const parts: Uint8Array[] = [];
        for await (const part of stream) parts.push(part);
        return Buffer.concat(parts).toString();
      };
      const [stdout, stderr, exit] = await Promise.all([
        collect(child.stdout),
        collect(child.stderr),
        child.wait(),
      ]);
      const lines = (word: string): string =>
        Array.from({ length: 3000 }, (_, at) => `${word}${at}\n`).join("");
      assert.equal(stdout, lines("out"));
      assert.equal(stderr, lines("err"));
      assert.equal(exit.exitCode, 0);
    },
  },
]);

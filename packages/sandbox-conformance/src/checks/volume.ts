import assert from "node:assert/strict";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { defineChecks } from "../check.js";
import { within } from "../expect.js";
import { PatternReader, pattern, patternScript } from "../guest/pattern.js";
import { MemoryWatch } from "../memory-watch.js";

export const volumeChecks = defineChecks([
  {
    id: "G7.volume-slow-reader",
    guarantee: "G7",
    title: "every byte of a large output reaches a slow reader, and memory stays flat",
    tools: ["awk"],
    timeoutMs: 60_000,
    async run(context) {
      const sandbox = await context.shared();
      const blocks = context.scale === "full" ? 1024 : 128;
      const child = await sandbox.spawn(patternScript(context.guestPath("pattern"), blocks));
      const reader = new PatternReader();
      using memory = new MemoryWatch();
      const started = performance.now();
      let nextPause = 0;
      for await (const { stream, data } of child) {
        if (stream === "stderr") throw new Error(`The guest says: ${Buffer.from(data).toString()}`);
        reader.take(data);
        if (reader.bytes < nextPause) continue;
        nextPause = reader.bytes + 2 ** 20;
        await delay(2);
      }
      assert.equal((await child.wait()).exitCode, 0);
      assert.equal(reader.bytes, blocks * 2 ** 20, "bytes are missing at the end");
      context.note("MiB", blocks);
      context.note("MiB/s", (blocks * 1000) / (performance.now() - started));
      context.note("memory grew by MiB", memory.grownMiB);
      memory.mustBeFlat();
    },
  },
  {
    id: "G7.volume-unread",
    guarantee: "G7",
    title: "output that nobody reads waits in the guest: memory stays flat, and nothing of it is lost",
    tools: ["awk"],
    async run(context) {
      const sandbox = await context.shared();
      const blocks = 128;
      const script = patternScript(context.guestPath("pattern"), blocks);
      const began = performance.now();
      await sandbox.exec(`{ ${script}; } >/dev/null`, { check: true });
      const needed = performance.now() - began;
      using memory = new MemoryWatch();
      const child = await sandbox.spawn(script);
      const beside = await sandbox.exec(["echo", "beside"]);
      assert.equal(beside.stdout, "beside\n", "a command whose output waits holds up another");
      const iterator = child[Symbol.asyncIterator]();
      const reader = new PatternReader();
      const first = await iterator.next();
      if (!first.done) reader.take(first.value.data);
      // Longer than the guest would need to write it all.
      await delay(1_000 + 3 * needed);
      memory.mustBeFlat();
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
        if (next.value.stream === "stdout") reader.take(next.value.data);
      }
      assert.equal(reader.bytes, blocks * 2 ** 20, "bytes are missing");
    },
  },
  {
    id: "G7.late-reader",
    guarantee: "G7",
    title: "output of a command that has long ended is there for whoever reads it later, and slowly",
    async run(context) {
      const sandbox = await context.shared();
      const lines = 20_000;
      const child = await sandbox.spawn(
        `i=0; while [ $i -lt ${lines} ]; do echo line $i; i=$((i+1)); done; exit 6`,
      );
      await delay(800);
      let text = "";
      for await (const { data } of child) {
        text += Buffer.from(data).toString();
        // Longer than anything may wait for output that has been written already.
        await delay(400);
      }
      assert.ok(
        text.endsWith(`line ${lines - 1}\n`),
        `the output ends with ${JSON.stringify(text.slice(-20))}`,
      );
      assert.equal(text.split("\n").length, lines + 1, "lines are missing");
      assert.equal((await child.wait()).exitCode, 6);
    },
  },
  {
    id: "G7.volume-kill-unread",
    guarantee: "G7",
    title: "a command that writes without end and that nobody reads can be killed",
    async run(context) {
      const sandbox = await context.shared();
      const child = await sandbox.spawn("while :; do echo endless; done");
      await within("kill", 10_000, child.kill());
      assert.equal((await within("wait", 5_000, child.wait())).signal, "SIGKILL");
      assert.equal((await sandbox.exec(["echo", "next"])).stdout, "next\n");
    },
  },
  {
    id: "G7.volume-dropped",
    guarantee: "G7",
    title: "output beyond maxOutputBytes is read and dropped: the command ends, memory stays flat",
    tools: ["awk"],
    timeoutMs: 60_000,
    async run(context) {
      const sandbox = await context.shared();
      using memory = new MemoryWatch();
      const result = await sandbox.exec(patternScript(context.guestPath("pattern"), 128), {
        maxOutputBytes: 100_000,
      });
      assert.equal(result.exitCode, 0);
      assert.equal(result.stdoutBytes.length, 100_000);
      assert.ok(result.truncated);
      new PatternReader().take(result.stdoutBytes);
      memory.mustBeFlat();
    },
  },
  {
    id: "G7.volume-input",
    guarantee: "G7",
    title: "every byte of a large input reaches a slow command, and memory stays flat",
    tools: ["awk", "cmp"],
    timeoutMs: 60_000,
    async run(context) {
      const sandbox = await context.shared();
      const blocks = context.scale === "full" ? 1024 : 64;
      const file = context.guestPath("pattern");
      // The guest makes the same bytes and compares: cmp says where they differ, or nothing.
      const child = await sandbox.spawn(
        `mkfifo ${file}.pipe && { (${patternScript(file, blocks)}) >${file}.pipe & cmp ${file}.pipe -; e=$?; rm ${file}.pipe; exit $e; }`,
      );
      using memory = new MemoryWatch();
      const said: string[] = [];
      child.stdout.on("data", (data: Buffer) => said.push(data.toString()));
      child.stderr.on("data", (data: Buffer) => said.push(data.toString()));
      for (const data of pattern(blocks)) {
        if (!child.stdin.write(data)) await within("the guest's reading", 20_000, once(child.stdin, "drain"));
      }
      child.stdin.end();
      const { exitCode } = await child.wait();
      assert.equal(exitCode, 0, `the guest found another input: ${said.join("")}`);
      context.note("memory grew by MiB", memory.grownMiB);
      memory.mustBeFlat();
    },
  },
]);

import { spawn } from "node:child_process";
import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { mergeOutput } from "../src/contract/output.js";

async function collect(stdout: Readable, stderr?: Readable): Promise<string[]> {
  const chunks: string[] = [];
  for await (const { stream, data } of mergeOutput(stdout, stderr)) chunks.push(`${stream}:${data}`);
  return chunks;
}

test("gives the chunks of both streams, each in its order, until both have ended", async () => {
  const chunks = await collect(Readable.from(["a", "b"]), Readable.from(["x", "y", "z"]));
  expect(chunks.filter((chunk) => chunk.startsWith("stdout"))).toEqual(["stdout:a", "stdout:b"]);
  expect(chunks.filter((chunk) => chunk.startsWith("stderr"))).toEqual(["stderr:x", "stderr:y", "stderr:z"]);
});

test("throws what a stream fails with, after what came before", async () => {
  const failing = Readable.from(
    (async function* () {
      yield "a";
      throw new Error("broken");
    })(),
  );
  await expect(collect(failing)).rejects.toThrow("broken");
});

test("reads no further ahead than one chunk", async () => {
  let given = 0;
  const eager = new Readable({
    highWaterMark: 1,
    read() {
      given++;
      this.push(Buffer.alloc(10));
    },
  });
  const chunks = mergeOutput(eager);
  await chunks.next();
  await chunks.next();
  await new Promise((resolve) => setImmediate(resolve));
  expect(given).toBeLessThanOrEqual(5);
  await chunks.return();
  expect(eager.destroyed).toBe(true);
});

test("lets go of chunks while the other stream is quiet", async () => {
  const megabyte = 1_000_000;
  const total = 400 * megabyte;
  let left = total;
  const source = new Readable({
    read() {
      left -= megabyte;
      this.push(left >= 0 ? Buffer.alloc(megabyte) : null);
    },
  });
  const quiet = new Readable({ read: () => undefined });
  let taken = 0;
  let most = 0;
  for await (const { data } of mergeOutput(source, quiet)) {
    taken += data.length;
    most = Math.max(most, process.memoryUsage().arrayBuffers);
    if (taken === total) break;
  }
  expect(most).toBeLessThan(total / 2);
});

test("loses nothing of a child that ends before anybody reads", async () => {
  const child = spawn("sh", ["-c", "echo out; echo err >&2"]);
  const output = mergeOutput(child.stdout, child.stderr);
  await new Promise((resolve) => child.on("exit", resolve));
  await new Promise((resolve) => setImmediate(resolve));
  const texts: string[] = [];
  for await (const { data } of output) texts.push(String(data));
  expect(texts.sort()).toEqual(["err\n", "out\n"]);
});

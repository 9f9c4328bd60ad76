import { expect, test } from "vitest";
import type { OutputChunk } from "../src/contract/process.js";
import { ProcessOutput } from "../src/process.js";

const chunk = (text: string, stream: OutputChunk["stream"] = "stdout"): OutputChunk => ({
  stream,
  data: Buffer.from(text),
});
const settled = async (wait: void | Promise<void>): Promise<boolean> => {
  let done = false;
  void Promise.resolve(wait).then(() => {
    done = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  return done;
};

test("holds output back until somebody asks for it", async () => {
  const output = new ProcessOutput();
  const first = output.sink(chunk("a"));
  expect(await settled(first)).toBe(false);
  const chunks = output.chunks();
  expect((await chunks.next()).value).toMatchObject({ stream: "stdout" });
  expect(await settled(first)).toBe(false);
  const next = chunks.next();
  expect(await settled(first)).toBe(true);
  output.end();
  expect((await next).done).toBe(true);
});

test("drops everything after wait, and what nobody has asked for", async () => {
  const dropped = new ProcessOutput();
  const held = dropped.sink(chunk("a"));
  dropped.drop();
  expect(await settled(held)).toBe(true);
  const output = new ProcessOutput();
  const { stdout } = { stdout: output.stream("stdout") };
  const texts: string[] = [];
  stdout.on("data", (data) => texts.push(String(data)));
  await output.sink(chunk("x", "stderr"));
  await output.sink(chunk("b"));
  output.end();
  await new Promise((resolve) => stdout.on("end", resolve));
  expect(texts).toEqual(["b"]);
});

test("lets go of the writer when a loop is left early", async () => {
  const output = new ProcessOutput();
  const first = output.sink(chunk("a"));
  for await (const { data } of { [Symbol.asyncIterator]: () => output.chunks() }) {
    expect(String(data)).toBe("a");
    break;
  }
  expect(await settled(first)).toBe(true);
  expect(await settled(output.sink(chunk("b")))).toBe(true);
});

test("throws what the command ended with, after its output", async () => {
  const output = new ProcessOutput();
  const chunks = output.chunks();
  const next = chunks.next();
  void output.sink(chunk("last"));
  expect(String((await next).value?.data)).toBe("last");
  output.end(new Error("lost"));
  await expect(chunks.next()).rejects.toThrow("lost");
});

test("is read once", async () => {
  const output = new ProcessOutput();
  void output.chunks().next();
  await expect(output.chunks().next()).rejects.toMatchObject({ code: "invalid_argument" });
});

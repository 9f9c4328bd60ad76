import { expect, test } from "vitest";
import { MarkerReader } from "./marker-reader.js";

const pair = (body: unknown): string =>
  `---NANOCLAW_OUTPUT_START---\n${JSON.stringify(body)}\n---NANOCLAW_OUTPUT_END---\n`;
const first = {
  status: "success",
  result: "grüße 冷 ---NANOCLAW_OUTPUT_END---\n---NANOCLAW_OUTPUT_START---",
};
const second = { status: "success", result: null, newSessionId: "s-1" };
const bytes = Buffer.from(
  `noise\n${pair(first)}more noise\r\n${pair(second).replaceAll("\n", "\r\n")}last line`,
);

test.each([1, 2, 5, 13, 100_000])("finds each pair once in pieces of %i bytes", (size) => {
  const reader = new MarkerReader(10_000);
  const outputs = [];
  for (let at = 0; at < bytes.length; at += size) outputs.push(...reader.push(bytes.subarray(at, at + size)));
  outputs.push(...reader.end());
  expect(outputs).toEqual([first, second]);
  expect(reader.lastLine).toBe("last line");
  expect(reader.invalidPairs).toBe(0);
});

test.each(["{", "null", '{"status":"fine"}', '{"status":"success","result":{"a":1}}'])(
  "%s is no answer",
  (body) => {
    const reader = new MarkerReader(10_000);
    const text = `---NANOCLAW_OUTPUT_START---\n${body}\n---NANOCLAW_OUTPUT_END---\n${pair(second)}`;
    expect(reader.push(Buffer.from(text))).toEqual([second]);
    expect(reader.invalidPairs).toBe(1);
  },
);

test.each(["x", "x\n"])("R8: a pair that never ends is given up: %j", (piece) => {
  const reader = new MarkerReader(1_000);
  reader.push(Buffer.from("---NANOCLAW_OUTPUT_START---\n"));
  expect(() => {
    for (let i = 0; i < 1_001; i++) reader.push(Buffer.from(piece));
  }).toThrow(/1000 bytes/);
});

test("a pair that a new start cuts off counts as none", () => {
  const reader = new MarkerReader(1_000);
  expect(reader.push(Buffer.from(`---NANOCLAW_OUTPUT_START---\n{"sta\n${pair(second)}`))).toEqual([second]);
  expect(reader.invalidPairs).toBe(1);
});

import { spawn } from "node:child_process";
import { expect, test } from "vitest";
import { BLOCK_BYTES, BlockChecker, blockScript } from "./counted-blocks.js";

test("what the script writes is what the checker expects, however it is cut", async () => {
  const checker = new BlockChecker();
  for await (const chunk of spawn("sh", ["-c", blockScript(3)]).stdout) {
    checker.add(chunk.subarray(0, 3));
    checker.add(chunk.subarray(3));
  }
  expect(checker.byteCount).toBe(3 * BLOCK_BYTES);
  expect(BLOCK_BYTES).toBe(1024 ** 2);
});

test("a wrong byte, a lost one and swapped blocks are noticed", async () => {
  const chunks: Buffer[] = [];
  for await (const chunk of spawn("sh", ["-c", blockScript(2)]).stdout) chunks.push(chunk);
  const right = Buffer.concat(chunks);
  const check = (bytes: Uint8Array) => () => new BlockChecker().add(bytes);
  expect(check(right)).not.toThrow();

  const wrong = Buffer.from(right);
  wrong.writeUInt8(0x41, 500_000);
  expect(check(wrong)).toThrow("Wrong output");

  const lost = Buffer.concat([right.subarray(0, 700_000), right.subarray(700_001)]);
  expect(check(lost)).toThrow("Wrong output");

  const swapped = Buffer.concat([right.subarray(BLOCK_BYTES), right.subarray(0, BLOCK_BYTES)]);
  expect(check(swapped)).toThrow("Wrong output");
});

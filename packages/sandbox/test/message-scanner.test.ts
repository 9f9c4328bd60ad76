import { expect, test } from "vitest";
import { MessageScanner } from "../src/internal/message-scanner.js";

const secret = "0123456789abcdef";

function scan(chunks: Uint8Array[]): { data: string; messages: string[] } {
  const messages: string[] = [];
  let data = "";
  const scanner = new MessageScanner(secret, (words) => messages.push(words));
  for (const chunk of chunks) scanner.push(chunk, (piece) => (data += piece.toString("latin1")));
  scanner.end((piece) => (data += piece.toString("latin1")));
  return { data, messages };
}

const stream = Buffer.from(`a\0b\0${secret} e 1 0\0c\0\0${secret} k 2\0\0${secret}x\0${secret.slice(0, 8)}`);
const expected = { data: `a\0bc\0\0${secret}x\0${secret.slice(0, 8)}`, messages: ["e 1 0", "k 2"] };

test("finds messages amid data wherever the chunks are cut", () => {
  for (let cut = 0; cut <= stream.length; cut++) {
    expect(scan([stream.subarray(0, cut), stream.subarray(cut)])).toEqual(expected);
  }
  expect(scan([...stream].map((byte) => Buffer.from([byte])))).toEqual(expected);
});

test("takes a message with another secret for data", () => {
  const other = Buffer.from("\0fedcba9876543210 e 1 0\0");
  expect(scan([other])).toEqual({ data: other.toString("latin1"), messages: [] });
});

test("hands on what cannot be a message without waiting for more", () => {
  let data = "";
  new MessageScanner(secret, () => undefined).push(Buffer.from("plain"), (piece) => (data += piece));
  expect(data).toBe("plain");
});

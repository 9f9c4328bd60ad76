import { describe, expect, it } from "vitest";
import { GuestOutput } from "./guest-output.js";

function output(): { output: GuestOutput; flow: string[] } {
  const flow: string[] = [];
  const output = new GuestOutput({ pause: () => flow.push("pause"), resume: () => flow.push("resume") });
  output.mayWait();
  return { output, flow };
}

const bytes = (text: string): Buffer => Buffer.from(text);

describe("output of a guest", () => {
  it("comes in as few chunks as its streams allow, in order", async () => {
    const { output: waiting } = output();
    for (const text of ["a", "b", "c"]) waiting.push({ stream: "stdout", data: bytes(text) });
    waiting.push({ stream: "stderr", data: bytes("d") });
    waiting.push({ stream: "stdout", data: bytes("e") });
    waiting.end();
    const read: string[] = [];
    for await (const { stream, data } of waiting) read.push(`${stream} ${Buffer.from(data)}`);
    expect(read).toEqual(["stdout abc", "stderr d", "stdout e"]);
  });

  it("has the sender wait while 64 KiB are not read, in however many pieces", async () => {
    const { output: waiting, flow } = output();
    const piece = Buffer.alloc(1_024);
    for (let count = 0; count < 63; count++) waiting.push({ stream: "stdout", data: piece });
    expect(flow).toEqual([]);
    waiting.push({ stream: "stdout", data: piece });
    expect(flow).toEqual(["pause"]);
    const first = await waiting[Symbol.asyncIterator]().next();
    expect(first.value?.data.length).toBe(64 * 1_024);
    expect(flow).toEqual(["pause", "resume"]);
  });

  it("lets the sender go on when nobody reads any more", async () => {
    const { output: waiting, flow } = output();
    waiting.push({ stream: "stdout", data: bytes("first") });
    const reader = waiting[Symbol.asyncIterator]();
    await reader.next();
    waiting.push({ stream: "stdout", data: Buffer.alloc(100_000) });
    await reader.return?.();
    expect(flow).toEqual(["pause", "resume"]);
  });
});

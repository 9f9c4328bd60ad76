import type { SandboxError } from "@nanoclaw/sandbox/adapter";
import { describe, expect, it } from "vitest";
import { FrameReader } from "./frames.js";

function frame(stream: number, payload: string | Buffer): Buffer {
  const body = Buffer.from(payload);
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(body.length, 4);
  return Buffer.concat([header, body]);
}

function readAll(reader: FrameReader, pieces: readonly Buffer[]): { stdout: string; stderr: string } {
  const seen = { stdout: "", stderr: "" };
  for (const piece of pieces) {
    for (const { stream, data } of reader.read(piece)) seen[stream] += Buffer.from(data).toString("latin1");
  }
  return seen;
}

describe("FrameReader", () => {
  const stream = Buffer.concat([
    frame(1, "first"),
    frame(2, "wrong\n"),
    frame(1, ""),
    // Payload that looks like a header.
    frame(1, frame(2, "inner")),
    frame(2, Buffer.from([0, 255, 10])),
  ]);
  const expected = {
    stdout: `first${frame(2, "inner").toString("latin1")}`,
    stderr: `wrong\n${Buffer.from([0, 255, 10]).toString("latin1")}`,
  };

  it("keeps stdout and stderr apart", () => {
    const reader = new FrameReader();
    expect(readAll(reader, [stream])).toEqual(expected);
    expect(reader.atBoundary).toBe(true);
  });

  it("reads the same from pieces cut at any two bytes", () => {
    for (let first = 0; first <= stream.length; first++) {
      for (let second = first; second <= stream.length; second++) {
        const pieces = [stream.subarray(0, first), stream.subarray(first, second), stream.subarray(second)];
        expect(readAll(new FrameReader(), pieces)).toEqual(expected);
      }
    }
  });

  it("reads the same from single bytes", () => {
    expect(
      readAll(
        new FrameReader(),
        Array.from(stream, (byte) => Buffer.from([byte])),
      ),
    ).toEqual(expected);
  });

  it("hands a piece of a frame on at once, and as a view of what was read", () => {
    const whole = frame(1, "partial and more");
    const piece = whole.subarray(0, 15);
    const [chunk] = [...new FrameReader().read(piece)];
    expect(Buffer.from(chunk?.data ?? []).toString()).toBe("partial");
    expect(chunk?.data.buffer).toBe(piece.buffer);
  });

  it("makes one piece of neighbours of one stream", () => {
    const bytes = Buffer.concat([frame(1, "a"), frame(1, "b"), frame(2, "c"), frame(1, "d"), frame(1, "e")]);
    const chunks = [...new FrameReader().read(bytes)];
    expect(chunks.map(({ stream, data }) => [stream, Buffer.from(data).toString()])).toEqual([
      ["stdout", "ab"],
      ["stderr", "c"],
      ["stdout", "de"],
    ]);
  });

  it("knows that a stream was cut off within a header and within a payload", () => {
    const whole = frame(1, "abc");
    for (let length = 1; length < whole.length; length++) {
      const reader = new FrameReader();
      readAll(reader, [whole.subarray(0, length)]);
      expect(reader.atBoundary).toBe(false);
    }
  });

  it("reads lengths beyond 2 GiB", () => {
    const reader = new FrameReader();
    readAll(reader, [Buffer.from([1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 65])]);
    expect(reader.atBoundary).toBe(false);
  });

  it.each([
    ["text", Buffer.from("plain text that no engine frames")],
    ["an unknown stream", frame(3, "x")],
    ["padding that is not zero", Buffer.from([1, 0, 1, 0, 0, 0, 0, 0])],
  ])("refuses %s", (_, bytes) => {
    expect(() => readAll(new FrameReader(), [bytes])).toThrow(
      expect.objectContaining({ code: "adapter_fault" } satisfies Partial<SandboxError>),
    );
  });
});

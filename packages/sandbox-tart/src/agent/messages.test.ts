import { describe, expect, it } from "vitest";
import { decodeExecResponse, encodeExecRequest } from "./messages.js";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

describe("messages of the guest agent", () => {
  it("have the agent's field numbers in requests", () => {
    const terminalSize = { rows: 24, columns: 300 };
    const command = { name: "sh", args: ["-c", "", "é"], interactive: true, tty: true, terminalSize };
    expect(hex(encodeExecRequest({ command }))).toBe(
      `0a19${"0a027368"}${"12022d63"}${"1200"}${"1202c3a9"}${"1801"}${"2001"}${"2a05"}${"0818"}${"10ac02"}`,
    );
    expect(hex(encodeExecRequest({ standardInput: Buffer.from([0, 255]) }))).toBe("12040a0200ff");
    expect(hex(encodeExecRequest({ standardInput: new Uint8Array() }))).toBe("12020a00");
    expect(hex(encodeExecRequest({ terminalResize: { rows: 1, columns: 2 } }))).toBe("1a0408011002");
  });

  it("are read in every form in which agents send them", () => {
    const read = (text: string) => decodeExecResponse(Buffer.from(text, "hex"));
    expect(read("0a020803")).toEqual({ exitCode: 3 });
    expect(read("0a00")).toEqual({ exitCode: 0 });
    expect(read("0a0b08ffffffffffffffffff01")).toEqual({ exitCode: -1 });
    expect(read("12040a0200ff")).toEqual({ standardOutput: Buffer.from([0, 255]) });
    expect(read("1a030a0141")).toEqual({ standardError: Buffer.from("A") });
    expect(read("22040a026964")).toEqual({ execId: "id" });
    // Something of a later agent.
    expect(read("2a020801")).toEqual({});
    expect(read("12030a0141f80101")).toEqual({ standardOutput: Buffer.from("A") });
  });

  it("are refused when they are cut off", () => {
    expect(() => decodeExecResponse(Buffer.from("12050a0241", "hex"))).toThrow(RangeError);
    expect(() => decodeExecResponse(Buffer.from("ff", "hex"))).toThrow(RangeError);
  });
});

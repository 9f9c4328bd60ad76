import { utils } from "ssh2";
import { describe, expect, it } from "vitest";
import { newKeys } from "../guest/ssh-access.js";
import { HostKeys } from "./host-key.js";

function key(type: "ed25519" | "ecdsa"): { line: string; blob: Buffer } {
  const line = type === "ecdsa" ? utils.generateKeyPairSync(type, { bits: 256 }).public : newKeys().publicKey;
  return { line, blob: Buffer.from(line.split(" ")[1] ?? "", "base64") };
}

describe("host keys", () => {
  it("accept those that are known and no other", () => {
    const [first, second, other] = [key("ed25519"), key("ecdsa"), key("ed25519")];
    const keys = new HostKeys(`${first.line} root@vm\n${second.line}\n`);
    expect([first, second, other].map(({ blob }) => keys.accept(blob))).toEqual([true, true, false]);
    expect(keys.algorithms).toEqual(["ssh-ed25519", "ecdsa-sha2-nistp256"]);
  });

  it("keep the first one that is shown where none was known", () => {
    const [first, other] = [key("ed25519"), key("ed25519")];
    const keys = new HostKeys(undefined);
    expect(keys.algorithms).toBeUndefined();
    expect([first, other, first].map(({ blob }) => keys.accept(blob))).toEqual([true, false, true]);
  });

  it("refuse a text that holds none", () => {
    expect(() => new HostKeys("SHA256:abc")).toThrow(/OpenSSH/);
  });
});

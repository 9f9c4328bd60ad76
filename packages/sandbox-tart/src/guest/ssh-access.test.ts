import ssh2 from "ssh2";
import { expect, it } from "vitest";
import { newKeys } from "./ssh-access.js";

it("keys for SSH can be read, each of them (mscdex/ssh2#1390)", () => {
  for (let count = 0; count < 1_500; count++) {
    const { publicKey, privateKey } = newKeys();
    expect(ssh2.utils.parseKey(publicKey)).not.toBeInstanceOf(Error);
    expect(ssh2.utils.parseKey(privateKey)).not.toBeInstanceOf(Error);
  }
});

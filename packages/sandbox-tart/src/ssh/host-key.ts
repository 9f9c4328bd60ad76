import type { ServerHostKeyAlgorithm } from "ssh2";

/** Which keys the guest may prove itself with. */
export class HostKeys {
  readonly #known = new Map<string, string>();

  /** `text`: lines as in `ssh_host_*_key.pub` or `known_hosts` without host names. Nothing: the first key is kept. */
  constructor(text: string | undefined) {
    for (const line of text?.split("\n") ?? []) {
      const key = /(?:^|\s)(AAAA[A-Za-z0-9+/]+={0,2})(?:\s|$)/.exec(line)?.[1];
      if (key) this.#add(Buffer.from(key, "base64"));
    }
    if (text?.trim() && this.#known.size === 0)
      throw new Error("The host key is not in the form of OpenSSH.");
  }

  /** Of those that are known, so that the guest shows one that can be compared. */
  get algorithms(): ServerHostKeyAlgorithm[] | undefined {
    if (this.#known.size === 0) return undefined;
    const algorithms = [...this.#known.values()].flatMap((type) =>
      type === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256"] : [type],
    );
    return algorithms as ServerHostKeyAlgorithm[];
  }

  /** True for a known key, and for the first one where none was known. */
  accept(key: Buffer): boolean {
    if (this.#known.size === 0) this.#add(key);
    return this.#known.has(key.toString("base64"));
  }

  #add(key: Buffer): void {
    // The key begins with the name of its type and the length of that.
    this.#known.set(key.toString("base64"), key.toString("latin1", 4, 4 + key.readUInt32BE(0)));
  }
}

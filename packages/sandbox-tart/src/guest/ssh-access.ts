import { SandboxError } from "@nanoclaw/sandbox/adapter";
// Node finds no export of this name in that CommonJS module.
import ssh2 from "ssh2";
import type { Transport } from "../transport.js";
import { collect } from "./collect.js";

/** What SSH to a guest needs, got by another way into it. */
export interface SshCredentials {
  /** In the form of OpenSSH. Made for this virtual machine, and in this process's memory only. */
  readonly privateKey: string;
  /** Public host keys, a line each. Undefined where the guest has none yet: macOS makes them at the first connection. */
  readonly hostKey: string | undefined;
}

/** A key is placed once: what would be refused by sshd's strict modes is put right. */
const placeScript = `umask 077
mkdir -p "$HOME/.ssh" && chmod go-w "$HOME" "$HOME/.ssh" || exit
keys=$HOME/.ssh/authorized_keys
if [ -s "$keys" ] && [ "$(tail -c 1 "$keys" | wc -l)" -eq 0 ]; then echo >>"$keys" || exit; fi
grep -qxF -e "$1" "$keys" 2>/dev/null || printf '%s\\n' "$1" >>"$keys" || exit
cat /etc/ssh/ssh_host_*_key.pub 2>/dev/null
exit 0`;

/**
 * Makes a key for one virtual machine, lets it in there, and reads what the machine proves itself with.
 *
 * @throws SandboxError `unsupported` when the guest's user has no home directory to place a key in.
 */
export async function prepareSsh(transport: Transport, signal: AbortSignal): Promise<SshCredentials> {
  const { publicKey, privateKey } = newKeys();
  const argv = ["/bin/sh", "-c", placeScript, "sandbox", publicKey];
  const process = await transport.spawn({ argv }, { signal, emit: () => undefined });
  const { exitCode, stdout, stderr } = await collect(process);
  if (exitCode !== 0) {
    throw new SandboxError(
      "unsupported",
      `A key for SSH could not be placed in the guest: ${stderr.trim()}`,
      {
        hint: "The guest agent alone does, or SSH by password.",
      },
    );
  }
  const lines = stdout.split("\n").filter((line) => line.includes("AAAA"));
  return { privateKey, hostKey: lines.length > 0 ? lines.join("\n") : undefined };
}

/** One key pair in 256 of ssh2's making cannot be read by anybody (mscdex/ssh2#1390): those are not handed out. */
export function newKeys(): { publicKey: string; privateKey: string } {
  const { generateKeyPairSync, parseKey } = ssh2.utils;
  for (;;) {
    const pair = generateKeyPairSync("ed25519", { comment: "sandbox" });
    const readable = [pair.public, pair.private].every((key) => !(parseKey(key) instanceof Error));
    if (readable) return { publicKey: pair.public, privateKey: pair.private };
  }
}

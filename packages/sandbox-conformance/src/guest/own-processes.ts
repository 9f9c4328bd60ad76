import { readlink } from "node:fs/promises";
import type { Sandbox } from "@nanoclaw/sandbox";
import type { CheckContext } from "../check.js";

/**
 * Skips the check unless it is certain that the guest cannot signal the host's processes. Checks that kill more
 * than they started ask this first, whatever the provider declares.
 */
export async function proveOwnProcesses(context: CheckContext, sandbox: Sandbox): Promise<void> {
  const { isolation } = context.capabilities;
  if (isolation === "vm") return;
  if (isolation === "none") context.skip("with isolation none the guest's processes are the host's");
  if (process.platform !== "linux") {
    // A container on another system runs under a kernel of its own; a process does not.
    if (isolation === "process") context.skip("on this host the guest's processes are the host's");
    return;
  }
  const { stdout, exitCode } = await sandbox.exec(["readlink", "/proc/self/ns/pid"]);
  if (exitCode !== 0 || stdout.trim() === (await readlink("/proc/self/ns/pid"))) {
    context.skip("the guest's processes may be the host's");
  }
}

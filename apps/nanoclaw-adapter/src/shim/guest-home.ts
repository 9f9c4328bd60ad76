import { type Sandbox, SandboxError } from "@nanoclaw/sandbox";
import { runAsRoot } from "../run/guest-root.js";

/** DIRECTORY: made, and given to the user of the commands. */
const ownScript = `set -e
[ -w "$1" ] || { as_root mkdir -p -- "$1" && as_root chown "$(id -u):$(id -g)" -- "$1"; }`;

/** A home for the user of the commands, where the engine has only made the way to a mount inside. */
export async function makeHome(sandbox: Sandbox, home: string): Promise<void> {
  const { exitCode, stderr } = await runAsRoot(sandbox, ownScript, [home], { timeoutMs: 30_000 });
  if (exitCode === 0) return;
  throw new SandboxError("unsupported", `The guest could not make ${home}: ${stderr.trim()}`, {
    hint: "It takes a Linux guest whose user is root, or may become it by sudo without a password.",
  });
}

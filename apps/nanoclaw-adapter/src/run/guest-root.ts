import type { CommandResult, Sandbox } from "@nanoclaw/sandbox";

/** Runs its arguments as root: as it is, or by `sudo` without a password, which the users of machine images may. */
const asRoot = 'as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n -- "$@"; fi; }';

/** Runs a script of ours in the guest that may call `as_root`. Its words are arguments, never code. */
export async function runAsRoot(
  sandbox: Sandbox,
  script: string,
  words: readonly string[],
  { input, timeoutMs }: { input?: Uint8Array; timeoutMs: number },
): Promise<CommandResult> {
  const user = sandbox.capabilities.users ? "0:0" : undefined;
  const argv = ["/bin/sh", "-c", `${asRoot}\n${script}`, "nanoclaw", ...words];
  return await sandbox.exec(argv, { user, input, timeoutMs });
}

import { readFile } from "node:fs/promises";
import { type Sandbox, SandboxError } from "@nanoclaw/sandbox";
import type { MountPlan } from "./mount-plan.js";

/** Runs as root, by sudo where the guest's user is another. */
const asRoot = 'as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n -- "$@"; fi; }';

/** FROM TARGET MODE …: what is missing of a target is made, as Docker does. */
const bindScript = `${asRoot}
set -e
while [ $# -gt 0 ]; do
  if [ -d "$1" ]; then
    as_root mkdir -p -- "$2"
  elif [ ! -e "$2" ]; then
    as_root mkdir -p -- "$(dirname -- "$2")"
    as_root touch -- "$2"
  fi
  as_root mount --bind -- "$1" "$2"
  [ "$3" = rw ] || as_root mount -o remount,bind,ro -- "$2"
  shift 3
done`;

/** TARGET: the file is on standard input, and nobody but root may change it. */
const copyScript = `${asRoot}
set -e
as_root mkdir -p -- "$(dirname -- "$1")"
as_root sh -c 'cat >"$1" && chmod 444 "$1"' sandbox "$1"`;

/** DIRECTORY: made, and given to the user of the commands. */
const ownScript = `${asRoot}
set -e
[ -w "$1" ] || { as_root mkdir -p -- "$1" && as_root chown "$(id -u):$(id -g)" -- "$1"; }`;

/** Puts into place what the engine could not. */
export async function makeGuestMounts(sandbox: Sandbox, { guestBinds, copies }: MountPlan): Promise<void> {
  if (guestBinds.length > 0) {
    const words = guestBinds.flatMap(({ from, target, readOnly }) => [from, target, readOnly ? "ro" : "rw"]);
    await inGuest(sandbox, bindScript, words);
  }
  for (const { source, target } of copies) {
    await inGuest(sandbox, copyScript, [target], await readFile(source));
  }
}

/** A home for the user of the commands, where the engine has only made the way to a mount inside. */
export async function makeHome(sandbox: Sandbox, home: string): Promise<void> {
  await inGuest(sandbox, ownScript, [home]);
}

async function inGuest(
  sandbox: Sandbox,
  script: string,
  words: readonly string[],
  input?: Uint8Array,
): Promise<void> {
  const { exitCode, stderr } = await sandbox.exec(["/bin/sh", "-c", script, "sandbox", ...words], {
    input,
    timeoutMs: 30_000,
  });
  if (exitCode === 0) return;
  throw new SandboxError("unsupported", `The guest could not take its mounts: ${stderr.trim()}`, {
    hint: "It takes a Linux guest whose user is root with the right to mount, or may become it by sudo without a password.",
  });
}

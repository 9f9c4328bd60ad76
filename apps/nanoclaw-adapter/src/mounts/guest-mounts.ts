import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { type Sandbox, SandboxError } from "@nanoclaw/sandbox";
import { runAsRoot } from "../run/guest-root.js";
import { type GuestBind, type GuestCopy, shares } from "./mount-plan.js";
import { isWithin } from "./within.js";

const timeoutMs = 30_000;
/** A mounted file is configuration or instructions. */
const longestFileBytes = 16 * 1024 * 1024;

/** Makes a file that nobody but root changes, of what comes by standard input. */
const copyScript = `set -e
umask 022
as_root mkdir -p -- "\${1%/*}"
as_root sh -c 'umask 022; cat >"$1" && chmod 444 "$1"' nanoclaw "$1"`;

/**
 * Binds `$1` to `$2`, and looks whether that came about as it was asked for: the last line of a place in mountinfo is
 * what counts there, and its sixth field begins with "ro" or "rw". `$4` is the place as it stands there.
 */
const bindScript = `set -e
if [ -d "$1" ]; then
  [ -d "$2" ] || as_root mkdir -p -- "$2"
else
  [ -d "\${2%/*}" ] || as_root mkdir -p -- "\${2%/*}"
  [ -e "$2" ] || as_root touch -- "$2"
fi
as_root mount -o bind -- "$1" "$2"
[ "$3" = rw ] || as_root mount -o remount,bind,ro -- "$2"
mode=
while read -r _ _ _ _ place options _; do
  if [ "$place" = "$4" ]; then mode=\${options%%,*}; fi
done </proc/self/mountinfo
[ "$mode" = "$3" ] || { echo "the place is $mode instead of $3" >&2; exit 3; }`;

/**
 * What of the mounts the guest has to do itself.
 *
 * @throws SandboxError `unsupported` when it cannot.
 */
export async function mountInGuest(
  sandbox: Sandbox,
  steps: readonly (GuestBind | GuestCopy)[],
): Promise<void> {
  for (const step of steps) {
    const { from, target, readOnly } = step;
    if ("source" in step) {
      const input = await readPlainFile(step.source);
      await mustWork(sandbox, copyScript, [from], target, input);
      if (from === target) continue;
    }
    await mustWork(sandbox, bindScript, [from, target, readOnly ? "ro" : "rw", inMountinfo(target)], target);
  }
  // What is read-only in its place may be for writing where it was shared.
  if (steps.some(({ from }) => isWithin(from, shares)))
    await mustWork(sandbox, 'as_root chmod 700 -- "$1"', [shares], shares);
}

/** As the kernel writes a path where blanks separate. */
function inMountinfo(path: string): string {
  return path.replace(/[ \t\\]/g, (letter) => `\\${letter.charCodeAt(0).toString(8).padStart(3, "0")}`);
}

/** A link that was put there since it was looked at is an error, and a pipe is not waited for. */
async function readPlainFile(path: string): Promise<Uint8Array> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const found = await file.stat();
    if (found.isFile() && found.size <= longestFileBytes) return await file.readFile();
    throw new SandboxError("unsupported", `${path} is no file of at most 16 MiB.`, {
      hint: "Mount its directory.",
    });
  } finally {
    await file.close();
  }
}

async function mustWork(
  sandbox: Sandbox,
  script: string,
  words: readonly string[],
  target: string,
  input?: Uint8Array,
): Promise<void> {
  const { exitCode, stderr } = await runAsRoot(sandbox, script, words, { input, timeoutMs });
  if (exitCode === 0) return;
  throw new SandboxError("unsupported", `The guest could not mount ${target}: ${stderr.trim()}`, {
    hint: 'Linux guests can, where root may mount. Apple\'s container needs capAdd: ["SYS_ADMIN"] for that.',
  });
}

import { type CallContext, type Mount, SandboxError } from "@nanoclaw/sandbox/adapter";
import { shareName } from "./arguments.js";
import type { Transport } from "./transport.js";

/** Runs as root, which the user of Tart's images may. */
const asRoot = 'as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n -- "$@"; fi; }';

/** Makes a working directory that the user can write. */
const workdirScript = `${asRoot}
[ -d "$1" ] || mkdir -p -- "$1" 2>/dev/null || { as_root mkdir -p -- "$1" && as_root chown "$(id -u):$(id -g)" "$1"; }`;

/**
 * A Linux guest mounts nothing by itself. All shares come as one file system, which is mounted where nobody looks,
 * and its parts are bound to their targets. The first look at a share may fail for no reason (cirruslabs/tart#567).
 */
const linuxMounts = `${asRoot}
set -e
root=$1
shift
as_root mkdir -p "$root"
as_root mount -t virtiofs com.apple.virtio-fs.automount "$root"
while [ $# -gt 0 ]; do
  tries=0
  until as_root test -d "$root/$1"; do
    tries=$((tries + 1))
    [ "$tries" -lt 10 ] || { echo "the share $1 is not there" >&2; exit 1; }
    sleep 0.2
  done
  as_root mkdir -p -- "$3"
  as_root mount --bind "$root/$1" "$3"
  [ "$2" = rw ] || as_root mount -o remount,bind,ro "$3"
  shift 3
done
as_root umount -R "$root"
as_root rmdir "$root"`;

/** A macOS guest mounts all shares by itself in one place, some time after it has booted; they are linked to. */
const macMounts = `${asRoot}
while [ $# -gt 0 ]; do
  share="/Volumes/My Shared Files/$1"
  tries=0
  until [ -d "$share" ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 50 ] || { echo "the share $1 is not there" >&2; exit 1; }
    sleep 0.2
  done
  if [ -d "$3" ] && [ ! -L "$3" ] && ! as_root rmdir "$3" 2>/dev/null; then
    echo "$3 is there already and not empty" >&2
    exit 2
  fi
  as_root mkdir -p "$(dirname "$3")" && as_root ln -sfn "$share" "$3" || exit 1
  shift 3
done`;

export interface GuestSetup {
  readonly os: "darwin" | "linux";
  readonly mounts: readonly Mount[];
  readonly workdir?: string;
}

/** What a guest needs before its first command. Throws what keeps it from being as it was asked for. */
export async function setUpGuest(
  transport: Transport,
  { os, mounts, workdir }: GuestSetup,
  context: CallContext,
): Promise<void> {
  if (mounts.length > 0) {
    const words = mounts.flatMap(({ target, readOnly }, index) => [
      shareName(index),
      readOnly ? "ro" : "rw",
      target,
    ]);
    const script = os === "linux" ? linuxMounts : macMounts;
    const place = os === "linux" ? ["/run/nanoclaw-shares"] : [];
    const { exitCode, text } = await runInGuest(transport, script, [...place, ...words], context);
    if (exitCode !== 0) {
      const [code, hint] =
        exitCode === 2 && os === "darwin"
          ? (["invalid_argument", "Choose a target that the image does not have."] as const)
          : ([
              "unsupported",
              "The guest needs virtiofs, mount(8) and sudo without a password. Or use files.upload.",
            ] as const);
      throw new SandboxError(code, `The guest could not take its mounts: ${text}`, { hint });
    }
  }
  if (workdir !== undefined) {
    const { exitCode, text } = await runInGuest(transport, workdirScript, [workdir], context);
    if (exitCode === 0) return;
    throw new SandboxError("invalid_argument", `The working directory could not be made: ${text}`, {
      hint: "Name a directory that the image's user may make, or has.",
    });
  }
}

async function runInGuest(
  transport: Transport,
  script: string,
  words: readonly string[],
  context: CallContext,
): Promise<{ exitCode: number | null; text: string }> {
  const process = await transport.spawn({ argv: ["/bin/sh", "-c", script, "sandbox", ...words] }, context);
  process.stdin.on("error", () => undefined);
  process.stdin.end();
  const pieces: Uint8Array[] = [];
  for await (const { data } of process.output) pieces.push(data);
  const { exitCode } = await process.exited;
  return { exitCode, text: Buffer.concat(pieces).toString().trim() };
}

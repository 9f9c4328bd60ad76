import { execFile } from "node:child_process";
import { chmodSync, chownSync, copyFileSync, existsSync, mkdirSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { ContainerFailure } from "../failures.js";
import { resolveGuestPath } from "./guest-path.js";

const execute = promisify(execFile);

/**
 * Copies from the host into a container (apple-container.md §5.10). A file loses its mode and its owner, directories keep
 * modes.
 *
 * @returns The path in the container.
 */
export async function copyIn(pid: number, source: string, destination: string): Promise<string> {
  const isDirectory = statSync(source).isDirectory();
  const given = await resolveGuestPath(pid, destination);
  const isInto = given.type === "directory" || destination.endsWith("/");
  const target = isInto ? await resolveGuestPath(pid, join(destination, basename(source))) : given;
  mkdirSync(dirname(target.hostPath), { recursive: true });
  if (isDirectory) {
    await copyTree(source, target.hostPath, ["--owner=0", "--group=0"]);
  } else {
    copyFileSync(source, target.hostPath);
    chmodSync(target.hostPath, 0o644);
    chownSync(target.hostPath, 0, 0);
  }
  return isInto ? join(destination, basename(source)) : destination;
}

/**
 * Copies from a container to the host.
 *
 * @returns The path on the host; undefined where there is nothing at the path in the container.
 */
export async function copyOut(pid: number, source: string, destination: string): Promise<string | undefined> {
  const from = await resolveGuestPath(pid, source);
  if (from.type === "missing") return undefined;
  const isInto = existsSync(destination) && statSync(destination).isDirectory();
  const target = isInto ? join(destination, basename(source)) : destination;
  if (from.type === "directory") {
    await copyTree(from.hostPath, target, []);
    return target;
  }
  if (!isInto && destination.endsWith("/")) {
    rmSync(destination, { force: true });
    throw new ContainerFailure("invalidArgument", `destination is not a directory: ${destination}`);
  }
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(from.hostPath, target);
  return target;
}

/** By way of an archive, as the real one does it. */
async function copyTree(source: string, target: string, options: readonly string[]): Promise<void> {
  mkdirSync(target, { recursive: true });
  const script =
    'set -o pipefail; source=$1 target=$2; shift 2; tar "$@" -C "$source" -cf - . | tar -C "$target" -xpf -';
  await execute("bash", ["-c", script, "bash", source, target, ...options], {
    env: { PATH: "/usr/bin:/bin" },
  });
}

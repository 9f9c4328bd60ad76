import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { Share } from "@nanoclaw/emulator-base";
import { SystemFailure, ValidationFailure } from "../failures.js";

/** What a guest of macOS mounts by itself. */
export const AUTOMOUNT_TAG = "com.apple.virtio-fs.automount";

/**
 * Reads `--dir`: `[name:]path[:options]`.
 *
 * @throws A `ValidationFailure` for several without names under one tag, a `SystemFailure` for a path that is missing.
 */
export function readShares(values: readonly string[]): Share[] {
  const shares = values.map(readShare);
  for (const { tag } of shares) {
    const sameTag = shares.filter((share) => share.tag === tag);
    if (sameTag.length > 1 && sameTag.some(({ name }) => name === undefined)) {
      throw new ValidationFailure(
        "invalid --dir syntax: for multiple directory shares each one of them should be named",
      );
    }
  }
  // Of two with one name the last wins.
  const last = new Map(shares.map((share) => [`${share.tag}/${share.name ?? ""}`, share]));
  for (const { path } of last.values()) if (!existsSync(path)) throw invalidShare(path);
  return [...last.values()];
}

function readShare(value: string): Share {
  // Empty segments are dropped, and the first colon parts name and path, whatever was meant.
  const segments = value.split(":").filter((segment) => segment !== "");
  const options = segments.length > 1 ? optionsOf(segments.at(-1) ?? "") : undefined;
  if (options !== undefined) segments.pop();
  const [first = "", ...others] = segments;
  const [name, path] = others.length === 0 ? [undefined, first] : [first, others.join(":")];
  const expanded = path.startsWith("~") ? join(homedir(), path.slice(1)) : path;
  return {
    tag: options?.tag ?? AUTOMOUNT_TAG,
    ...(name !== undefined && { name }),
    path: resolve(expanded),
    readOnly: options?.readOnly ?? false,
  };
}

/** Undefined where the segment is part of the path. */
function optionsOf(segment: string): { readOnly: boolean; tag?: string } | undefined {
  const entries = segment.split(",");
  const tag = entries.findLast((entry) => entry.startsWith("tag="))?.slice("tag=".length);
  if (tag === undefined && !entries.includes("ro")) return undefined;
  return { readOnly: entries.includes("ro"), ...(tag !== undefined && { tag }) };
}

function invalidShare(path: string): SystemFailure {
  return new SystemFailure(
    'Error Domain=VZErrorDomain Code=2 "A directory sharing device configuration is invalid." ' +
      "UserInfo={NSLocalizedFailure=Invalid virtual machine configuration., " +
      "NSLocalizedFailureReason=A directory sharing device configuration is invalid., " +
      `NSUnderlyingError=0x600000c5c5d0 {Error Domain=NSPOSIXErrorDomain Code=2 "No such file or directory" UserInfo={NSFilePath=${path}}}}`,
  );
}

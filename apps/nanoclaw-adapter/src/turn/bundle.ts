import { constants } from "node:fs";
import { lstat, open, realpath } from "node:fs/promises";
import { isAbsolute, resolve } from "node:path";
import { type Sandbox, SandboxError } from "@nanoclaw/sandbox";

/** A file of the host that a guest gets a copy of before the agent starts: settings, never a whole directory. */
export interface BundleFile {
  /** Absolute path on the host, without symbolic links anywhere in it. */
  readonly source: string;
  /** Absolute path in the guest. */
  readonly target: string;
  /** Permission bits. Default: 0o600. The sandbox's user owns it. */
  readonly mode?: number;
}

export interface BundleLimits {
  readonly maxFiles?: number;
  readonly maxFileBytes?: number;
  readonly maxTotalBytes?: number;
}

export interface ReadFile {
  readonly target: string;
  readonly mode: number;
  readonly data: Uint8Array;
}

/**
 * Reads the files into memory: there is no archive on the host that somebody else could read or exchange.
 *
 * @throws SandboxError `invalid_argument` for the first that is not acceptable, before any guest has anything.
 */
export async function readBundle(
  files: readonly BundleFile[],
  { maxFiles = 64, maxFileBytes = 1024 * 1024, maxTotalBytes = 8 * 1024 * 1024 }: BundleLimits = {},
): Promise<ReadFile[]> {
  if (files.length > maxFiles) {
    throw refusal(
      `There are ${files.length} files, and ${maxFiles} are allowed.`,
      "Name those that are needed.",
    );
  }
  const read: ReadFile[] = [];
  let total = 0;
  for (const { source, target, mode = 0o600 } of files) {
    if (
      typeof target !== "string" ||
      !target.startsWith("/") ||
      /[\0\n\r]/.test(target) ||
      target.split("/").includes("..")
    ) {
      throw refusal(
        `${JSON.stringify(target)} is no path in the guest.`,
        "Write an absolute one, without line ends.",
      );
    }
    if (!Number.isInteger(mode) || mode < 0 || mode > 0o777) {
      throw refusal(`The mode of ${JSON.stringify(target)} is not acceptable.`, "Write it like 0o600.");
    }
    const data = await readPlainFile(source, maxFileBytes);
    total += data.length;
    if (total > maxTotalBytes) {
      throw refusal(
        `The files have more than ${maxTotalBytes} bytes together.`,
        "Name those that are needed.",
      );
    }
    read.push({ target, mode, data });
  }
  return read;
}

/** Through the sandbox's own channel, as its user. */
export async function writeBundle(
  sandbox: Sandbox,
  files: readonly ReadFile[],
  signal: AbortSignal,
): Promise<void> {
  for (const { target, mode, data } of files) await sandbox.files.write(target, data, { mode, signal });
}

/**
 * The last part is opened without following a link. That no directory on the way was one is looked up after the
 * file is open: the path without links must be the path that was given, and lead to the very file that is open.
 */
async function readPlainFile(source: string, maxFileBytes: number): Promise<Uint8Array> {
  if (
    typeof source !== "string" ||
    source.includes("\0") ||
    !isAbsolute(source) ||
    resolve(source) !== source
  ) {
    throw refusal(`${JSON.stringify(source)} is no plain path.`, 'Write an absolute one, without "..".');
  }
  try {
    await using file = await open(source, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const opened = await file.stat();
    const real = await realpath(source);
    const named = await lstat(source);
    if (real !== source || named.ino !== opened.ino || named.dev !== opened.dev) throw linked(source);
    if (!opened.isFile()) throw refusal(`${JSON.stringify(source)} is no file.`, "Name single files.");
    // One byte more than allowed, whatever its size was a moment ago.
    const data = Buffer.alloc(Math.min(opened.size, maxFileBytes) + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await file.read(data, length, data.length - length, length);
      length += bytesRead;
      if (bytesRead === 0 || length === data.length) break;
    }
    if (length > maxFileBytes) {
      throw refusal(
        `${JSON.stringify(source)} has more than ${maxFileBytes} bytes.`,
        "Leave it out, or raise maxFileBytes.",
      );
    }
    if (length > opened.size)
      throw refusal(`${JSON.stringify(source)} grew while it was read.`, "Try again.");
    return data.subarray(0, length);
  } catch (error) {
    if (SandboxError.is(error)) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ELOOP" || code === "EMLINK") throw linked(source);
    throw new SandboxError("invalid_argument", `${JSON.stringify(source)} cannot be read: ${code}.`, {
      cause: error,
      hint: "Correct the path, or leave the file out.",
    });
  }
}

function linked(source: string): SandboxError {
  return refusal(
    `${JSON.stringify(source)} is a symbolic link, or lies behind one.`,
    "Name the file by its real path. Links are not followed: they may lead anywhere.",
  );
}

function refusal(message: string, hint: string): SandboxError {
  return new SandboxError("invalid_argument", message, { hint });
}

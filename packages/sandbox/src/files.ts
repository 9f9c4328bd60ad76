import type { Readable } from "node:stream";
import type { CallOptions } from "./command-options.js";
import { SandboxError, type SandboxErrorCode } from "./contract/error.js";
import { checkGuestPath, checkKeys, checkNumber, refuse, show } from "./internal/check.js";
import { guestScripts } from "./internal/guest-scripts.js";
import type { GuestShell, ScriptOutcome } from "./internal/guest-shell.js";
import { printfFormat } from "./internal/main-shell.js";

export type FileType = "file" | "directory" | "symlink" | "other";

export interface FileStat {
  readonly type: FileType;
  /** In bytes. */
  readonly size: number;
  /** Permission bits, such as 0o644. */
  readonly mode: number;
  /** To the second. */
  readonly modifiedAt: Date;
  readonly uid: number;
  readonly gid: number;
}

export interface FileEntry extends FileStat {
  /** Last part of the path. */
  readonly name: string;
  readonly path: string;
}

export interface ReadOptions extends CallOptions {
  /** A larger file is refused: use `readStream`. Default: 256 MiB. */
  maxBytes?: number;
}

export interface WriteOptions extends CallOptions {
  /** Permission bits, such as 0o755. Default: those of the file, or what the guest's umask leaves. */
  mode?: number;
}

/** What `printf` in the guest's shell writes faster than a program could be started. */
const smallBytes = 4096;

const call = ["timeoutMs", "signal"];

/**
 * Files of the guest, by absolute path, with the rights of the sandbox's user.
 *
 * Every call throws a `SandboxError`: `file_not_found`, `permission_denied`, `already_exists`,
 * `resource_exhausted` for a full disk, or `file_failed` with the guest's own words.
 */
export class SandboxFiles {
  readonly #guest: GuestShell;

  /** @internal */
  constructor(guest: GuestShell) {
    this.#guest = guest;
  }

  async read(path: string, options: ReadOptions = {}): Promise<Uint8Array> {
    checkGuestPath("path", path);
    checkKeys("files.read", options, [...call, "maxBytes"]);
    const { maxBytes = 256 * 1024 * 1024 } = options;
    checkNumber("maxBytes", maxBytes, { least: 0, whole: true });
    const { stdoutBytes } = await this.#run("read", [path], { ...options, maxOutputBytes: maxBytes });
    return stdoutBytes;
  }

  /** As UTF-8. */
  async readText(path: string, options: ReadOptions = {}): Promise<string> {
    return Buffer.from(await this.read(path, options)).toString("utf8");
  }

  /** The bytes as they come. A failure is told by the stream's error. */
  async readStream(path: string, options: CallOptions = {}): Promise<Readable> {
    checkGuestPath("path", path);
    checkKeys("files.readStream", options, call);
    return await this.#guest.read("files.readStream", guestScripts.read, [path], options, (code, text) =>
      fault("files.readStream", path, code, text),
    );
  }

  /** Replaces the file's content. Makes missing directories. What exists keeps its mode and owner. */
  async write(
    path: string,
    data: string | Uint8Array | AsyncIterable<Uint8Array | string>,
    options: WriteOptions = {},
  ): Promise<void> {
    checkGuestPath("path", path);
    checkKeys("files.write", options, [...call, "mode"]);
    if (options.mode !== undefined)
      checkNumber("mode", options.mode, { least: 0, most: 0o7777, whole: true });
    const mode = options.mode?.toString(8) ?? "";
    if (typeof data !== "string" && !(data instanceof Uint8Array) && !isAsyncIterable(data)) {
      refuse(`The data is ${show(data)}.`, "Write a string, bytes or a stream.");
    }
    const bytes = typeof data === "string" ? Buffer.from(data) : data;
    if (bytes instanceof Uint8Array && bytes.length <= smallBytes && this.#guest.sharesShell) {
      await this.#run("writeSmall", [path, printfFormat(bytes), mode], options, "files.write");
      return;
    }
    const source = bytes instanceof Uint8Array ? [bytes] : bytes;
    await this.#guest.write("files.write", guestScripts.write, [path, mode], source, options, (outcome) =>
      complete("files.write", path, outcome),
    );
  }

  /** The entries of a directory, symbolic links as themselves, without `.` and `..`. */
  async list(path: string, options: CallOptions = {}): Promise<FileEntry[]> {
    checkGuestPath("path", path);
    checkKeys("files.list", options, call);
    const { stdoutBytes } = await this.#run("list", [path], options);
    const entries: FileEntry[] = [];
    const parts = Buffer.from(stdoutBytes).toString("utf8").split("\0");
    let names: string[] = [];
    let complete = true;
    for (const [at, part] of parts.entries()) {
      if (!complete || part !== "") {
        if (complete) {
          names.push(part.slice(2));
          continue;
        }
        const facts = part.split("\n").filter((line) => line !== "");
        if (facts.length !== names.length) {
          throw new SandboxError("file_failed", `${show(path)} changed while it was listed.`, {
            retryable: true,
          });
        }
        for (const [index, name] of names.entries()) {
          entries.push({
            name,
            path: `${path.replace(/\/+$/, "")}/${name}`,
            ...parseFacts(facts[index] ?? ""),
          });
        }
        names = [];
        complete = true;
      } else if (at < parts.length - 1) complete = false;
    }
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Follows symbolic links. */
  async stat(path: string, options: CallOptions = {}): Promise<FileStat> {
    checkGuestPath("path", path);
    checkKeys("files.stat", options, call);
    const { stdout } = await this.#run("stat", [path], options);
    return parseFacts(stdout.trim());
  }

  /** True for a symbolic link that leads nowhere too. */
  async exists(path: string, options: CallOptions = {}): Promise<boolean> {
    checkGuestPath("path", path);
    checkKeys("files.exists", options, call);
    const { exitCode } = await this.#guest.run(
      "files.exists",
      guestScripts.exists,
      [path],
      options,
      (outcome) => outcome.exitCode === 1 || complete("files.exists", path, outcome),
    );
    return exitCode === 0;
  }

  /** With `recursive`, the default, makes parents too and is content with a directory that exists. */
  async mkdir(path: string, options: CallOptions & { recursive?: boolean } = {}): Promise<void> {
    checkGuestPath("path", path);
    checkKeys("files.mkdir", options, [...call, "recursive"]);
    await this.#run(options.recursive === false ? "mkdir" : "mkdirAll", [path], options, "files.mkdir");
  }

  /** Removes a file, a symbolic link or an empty directory; with `recursive` anything, missing or not. */
  async remove(path: string, options: CallOptions & { recursive?: boolean } = {}): Promise<void> {
    checkGuestPath("path", path);
    checkKeys("files.remove", options, [...call, "recursive"]);
    await this.#run(options.recursive ? "removeAll" : "remove", [path], options, "files.remove");
  }

  /**
   * Copies a file or directory of the host to this path of the guest, with modes, symbolic links and empty
   * directories. The sandbox's user owns the copy. A directory that exists is added to.
   */
  async upload(hostPath: string, guestPath: string, options: CallOptions = {}): Promise<void> {
    checkGuestPath("guestPath", guestPath);
    checkKeys("files.upload", options, call);
    const { upload } = await import("./internal/transfer.js");
    await upload(this.#guest, hostPath, guestPath, options);
  }

  /**
   * Copies a file or directory of the guest to this path of the host. A file is replaced; a directory must not
   * exist yet. It appears whole or not at all, and nothing that the guest holds can write elsewhere.
   */
  async download(guestPath: string, hostPath: string, options: CallOptions = {}): Promise<void> {
    checkGuestPath("guestPath", guestPath);
    checkKeys("files.download", options, call);
    const { download } = await import("./internal/transfer.js");
    await download(this.#guest, guestPath, hostPath, options);
  }

  async #run(
    script: keyof typeof guestScripts,
    words: [path: string, ...(string | Uint8Array)[]],
    options: CallOptions & { maxOutputBytes?: number },
    operation = `files.${script}`,
  ): Promise<Awaited<ReturnType<GuestShell["run"]>>> {
    return await this.#guest.run(operation, guestScripts[script], words, options, (outcome) =>
      complete(operation, words[0], outcome),
    );
  }
}

function complete(operation: string, path: string, { exitCode, stderr, truncated }: ScriptOutcome): void {
  if (exitCode !== 0 && !truncated) throw fault(operation, path, exitCode, stderr);
  if (truncated) {
    throw new SandboxError("file_failed", `${show(path)} is larger than was asked for.`, {
      operation,
      hint: "Use files.readStream, or raise maxBytes.",
    });
  }
}

function isAsyncIterable(data: unknown): data is AsyncIterable<Uint8Array | string> {
  return typeof data === "object" && data !== null && Symbol.asyncIterator in data;
}

/** `%f %s %Y %u %g` of stat(1). */
function parseFacts(line: string): FileStat {
  const [mode = "0", size, seconds, uid, gid] = line.split(" ");
  const bits = Number.parseInt(mode, 16);
  // S_IFMT of inode(7), without its permission bits.
  const types: Record<number, FileType> = { 8: "file", 4: "directory", 10: "symlink" };
  return {
    type: types[bits >> 12] ?? "other",
    size: Number(size),
    mode: bits & 0o7777,
    modifiedAt: new Date(Number(seconds) * 1000),
    uid: Number(uid),
    gid: Number(gid),
  };
}

const reasons: Record<number, [SandboxErrorCode, string]> = {
  2: ["file_not_found", "does not exist"],
  13: ["permission_denied", "is not permitted to the sandbox's user"],
  17: ["already_exists", "exists already"],
  20: ["file_failed", "is not a directory"],
  21: ["file_failed", "is a directory"],
};

/** An exit of a guest script as an error. */
export function fault(operation: string, path: string, exitCode: number | null, text: string): SandboxError {
  const known = reasons[exitCode ?? -1];
  if (known) return new SandboxError(known[0], `${show(path)} ${known[1]}.`, { operation });
  const words = text.trim().split("\n").at(-1) ?? "";
  if (/no space left|disk quota|file too large/i.test(words)) {
    return new SandboxError("resource_exhausted", `The sandbox's disk is full: ${words}`, { operation });
  }
  if (exitCode === 126 || exitCode === 127) {
    return new SandboxError("unsupported", `The guest lacks a program for this: ${words}`, { operation });
  }
  return new SandboxError("file_failed", `${show(path)}: ${words || `the guest failed with ${exitCode}`}`, {
    operation,
  });
}

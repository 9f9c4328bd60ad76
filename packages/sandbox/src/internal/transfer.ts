import { randomBytes } from "node:crypto";
import { lstat, mkdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { create, extract } from "tar";
import type { CallOptions } from "../command-options.js";
import { SandboxError } from "../contract/error.js";
import { fault } from "../files.js";
import { checkText, refuse, show } from "./check.js";
import { guestScripts } from "./guest-scripts.js";
import type { GuestShell } from "./guest-shell.js";

/** Copies a file or tree of the host into the guest, as a tar stream. */
export async function upload(
  guest: GuestShell,
  host: string,
  target: string,
  options: CallOptions,
): Promise<void> {
  checkText("hostPath", host);
  const source = resolve(host);
  const found = await lstat(source).catch((cause: NodeJS.ErrnoException) => {
    throw new SandboxError("file_not_found", `${show(source)} cannot be read: ${cause.code}.`, { cause });
  });
  if (!found.isFile() && !found.isDirectory() && !found.isSymbolicLink()) {
    refuse(`${show(source)} is neither a file nor a directory.`, "Upload a file or a directory.");
  }
  const { parent, name } = split(target);
  await guest.operation("files.upload", options, async (signal) => {
    const ids = await guest.script(guestScripts.ids, [], "none", signal);
    const [uid, gid] = ids.stdout.split("\n").map(Number);
    const made = await guest.script(guestScripts.mkdirAll, [parent], "none", signal);
    if (made.exitCode !== 0) throw fault("files.upload", parent, made.exitCode, made.stderr);
    const root = basename(source);
    const pack = create(
      {
        cwd: dirname(source),
        // The guest's own user owns what it is given.
        onWriteEntry: (entry) => {
          if (entry.stat) Object.assign(entry.stat, { uid, gid });
          entry.path = name + entry.path.slice(root.length);
        },
        // node-tar's own choice, 16 MiB at a time, is as much memory for each file under way.
        maxReadSize: 1024 * 1024,
      },
      [root.startsWith("@") ? `./${root}` : root],
    );
    // `create` gives a stream of its own kind; Node's says when the other side is slow.
    const tar = new PassThrough();
    const packed = pipeline(pack as unknown as NodeJS.ReadableStream, tar, { signal });
    packed.catch(() => undefined);
    if (guest.archive) {
      await guest.archive.unpack(parent, tar, { signal, emit: () => undefined });
    } else {
      const done = await guest.script(guestScripts.unpack, [parent], tar, signal);
      if (done.exitCode !== 0) throw fault("files.upload", target, done.exitCode, done.stderr);
    }
    await packed;
  });
}

/** Copies a file or tree of the guest to the host: into a new place beside the target, then by one rename. */
export async function download(
  guest: GuestShell,
  source: string,
  host: string,
  options: CallOptions,
): Promise<void> {
  checkText("hostPath", host);
  const target = resolve(host);
  const existing = await lstat(target).catch(() => undefined);
  if (existing?.isDirectory()) {
    throw new SandboxError("already_exists", `The directory ${show(target)} exists.`, {
      operation: "files.download",
      hint: "Name a path that does not exist yet.",
    });
  }
  const { parent, name } = split(source);
  const place = join(dirname(target), `.${basename(target)}.${randomBytes(4).toString("hex")}.partial`);
  await guest.operation("files.download", options, async (signal) => {
    await mkdir(place).catch((cause: NodeJS.ErrnoException) => {
      throw new SandboxError("file_failed", `${show(dirname(target))} cannot be written: ${cause.code}.`, {
        cause,
      });
    });
    try {
      const tar = guest.archive
        ? await guest.archive.pack(source, { signal, emit: () => undefined })
        : await guest.stream(guestScripts.pack, [parent, name], signal, (code, text) =>
            fault("files.download", source, /no such file/i.test(text) ? 2 : code, text),
          );
      // Refuses absolute paths, "..", and to write through a link of the archive's own.
      const unpack = extract({
        cwd: place,
        strict: false,
        preserveOwner: false,
        filter: (_, entry) => {
          if (!("type" in entry)) return true;
          // A name such as a:b is no drive here.
          entry.path = `./${entry.path}`;
          return !/Device|FIFO/.test(String(entry.type));
        },
        onReadEntry: (entry) => {
          // No set-user-id from an untrusted guest.
          if (entry.mode !== undefined) entry.mode &= 0o777;
        },
      });
      await pipeline(Readable.from(tar), unpack as unknown as NodeJS.WritableStream, { signal });
      await rename(join(place, name), target).catch((cause: NodeJS.ErrnoException) => {
        throw new SandboxError("file_failed", `${show(source)} could not be copied: ${cause.code}.`, {
          cause,
        });
      });
    } finally {
      await rm(place, { recursive: true, force: true });
    }
  });
}

function split(path: string): { parent: string; name: string } {
  const clean = path.replace(/\/+/g, "/").replace(/(.)\/$/, "$1");
  const name = clean.slice(clean.lastIndexOf("/") + 1);
  if (name === "" || name === "." || name === "..") {
    refuse(`The path ${show(path)} names no file.`, "End it with the name of the file or directory.");
  }
  return { parent: clean.slice(0, clean.lastIndexOf("/")) || "/", name };
}

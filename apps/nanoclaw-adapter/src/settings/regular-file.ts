import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

/** How a file is to be read. */
export interface ReadLimits {
  /** A longer one is not read. */
  readonly limitBytes: number;
  /** Whether the last part of the path may be a symbolic link. */
  readonly followLink: boolean;
}

/** A file as it was at one moment. */
export interface ReadFile {
  readonly text: string;
  readonly ownerId: number;
  /** Permission bits. */
  readonly mode: number;
}

/** The file is there and cannot be taken for what it should be. The message is a part of a sentence: "is a directory". */
export class UnusableFile extends Error {
  override readonly name = "UnusableFile";
}

/**
 * Reads a file that another may have had a hand in: never waits (for a FIFO's other end), never reads more than was
 * asked for, and what it looks at is what it reads. Undefined when nothing is there.
 *
 * @throws UnusableFile
 */
export async function readRegularFile(path: string, limits: ReadLimits): Promise<ReadFile | undefined> {
  let file: FileHandle;
  try {
    file = await open(path, flags(limits));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    throw new UnusableFile(openFailures[code ?? ""] ?? `cannot be read: ${code}`, { cause: error });
  }
  try {
    const { mode, uid } = await file.stat().then((stats) => {
      if (!stats.isFile()) throw new UnusableFile("is no regular file");
      return stats;
    });
    return { text: await readText(file, limits.limitBytes), ownerId: uid, mode: mode & 0o7777 };
  } finally {
    await file.close();
  }
}

const openFailures: Readonly<Record<string, string>> = {
  ELOOP: "is a symbolic link",
  ENXIO: "is no regular file",
  EACCES: "cannot be read by this user",
  EISDIR: "is a directory",
  ENOTDIR: "lies in something that is no directory",
};

/** Non-blocking, as opening a FIFO would else wait for a writer, for ever. */
function flags({ followLink }: ReadLimits): number {
  return constants.O_RDONLY | constants.O_NONBLOCK | (followLink ? 0 : constants.O_NOFOLLOW);
}

async function readText(file: FileHandle, limitBytes: number): Promise<string> {
  const bytes = Buffer.alloc(limitBytes + 1);
  let length = 0;
  while (length < bytes.length) {
    const { bytesRead } = await file.read(bytes, length, bytes.length - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  if (length > limitBytes) throw new UnusableFile(`is longer than ${limitBytes} bytes`);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, length));
  } catch (cause) {
    throw new UnusableFile("is not text in UTF-8", { cause });
  }
}

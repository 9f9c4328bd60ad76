import { createWriteStream, fstatSync } from "node:fs";
import { Socket } from "node:net";
import type { Writable } from "node:stream";

/**
 * Standard output or standard error for a lot of data. Node itself writes to pipes without returning until they are
 * read, and nothing else would happen meanwhile.
 */
export function outputFile(descriptor: 1 | 2): Writable {
  const file = fstatSync(descriptor);
  return file.isFIFO() || file.isSocket()
    ? new Socket({ fd: descriptor, readable: false, writable: true })
    : createWriteStream("", { fd: descriptor, autoClose: false });
}

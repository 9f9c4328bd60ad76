import { createWriteStream } from "node:fs";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { extract, type Pack } from "tar-stream";

/** The content of the only file in a tar stream. */
export async function readSingleFile(archive: NodeJS.ReadableStream): Promise<Uint8Array> {
  let content: Uint8Array | undefined;
  for await (const entry of archive.pipe(extract())) content = await buffer(entry);
  if (!content) throw new Error("The archive is empty.");
  return content;
}

/** Writes the only file in a tar stream to a path of the host. */
export async function saveSingleFile(archive: NodeJS.ReadableStream, path: string): Promise<void> {
  for await (const entry of archive.pipe(extract())) await pipeline(entry, createWriteStream(path));
}

/** A packer pipes as Node's streams do, though it is not declared as one of them. */
export function asNodeStream(archive: Pack): NodeJS.ReadableStream {
  return archive as unknown as NodeJS.ReadableStream;
}

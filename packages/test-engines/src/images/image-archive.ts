import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import type { Layer } from "./layer-cache.js";
import type { LayerName } from "./layers.js";
import type { TestImage } from "./test-images.js";

/** An image's settings as an engine stores them; their digest is the image's id. */
export interface ImageDescription {
  readonly id: string;
  readonly json: string;
}

export function describeImage(image: TestImage, layers: ReadonlyMap<LayerName, Layer>): ImageDescription {
  const json = JSON.stringify({
    architecture: process.arch === "x64" ? "amd64" : process.arch,
    os: "linux",
    created: "2024-01-01T00:00:00Z",
    config: image.config,
    rootfs: { type: "layers", diff_ids: layersOf(image, layers).map(({ digest }) => `sha256:${digest}`) },
    history: image.layers.map((name) => ({ created: "2024-01-01T00:00:00Z", created_by: name })),
  });
  return { id: createHash("sha256").update(json).digest("hex"), json };
}

/** What `docker save` would write of these images: a tar in which layers that several have stand once. */
export function imageArchive(images: readonly TestImage[], layers: ReadonlyMap<LayerName, Layer>): Readable {
  return Readable.from(archiveBlocks(images, layers));
}

async function* archiveBlocks(
  images: readonly TestImage[],
  layers: ReadonlyMap<LayerName, Layer>,
): AsyncGenerator<Uint8Array> {
  const written = new Set<string>();
  const manifest: object[] = [];
  for (const image of images) {
    const { id, json } = describeImage(image, layers);
    const parts = layersOf(image, layers);
    manifest.push({
      Config: `${id}.json`,
      RepoTags: [image.reference],
      Layers: parts.map(({ digest }) => `${digest}.tar`),
    });
    yield* textEntry(`${id}.json`, json);
    for (const { path, digest, sizeBytes } of parts) {
      if (written.has(digest)) continue;
      written.add(digest);
      yield tarHeader(`${digest}.tar`, sizeBytes);
      for await (const chunk of createReadStream(path)) yield chunk;
      yield padding(sizeBytes);
    }
  }
  yield* textEntry("manifest.json", JSON.stringify(manifest));
  yield Buffer.alloc(1024);
}

function layersOf(image: TestImage, layers: ReadonlyMap<LayerName, Layer>): Layer[] {
  return image.layers.map((name) => {
    const layer = layers.get(name);
    if (layer === undefined) throw new Error(`The layer ${name} of ${image.reference} was not built`);
    return layer;
  });
}

function* textEntry(name: string, text: string): Generator<Uint8Array> {
  const bytes = Buffer.from(text);
  yield tarHeader(name, bytes.length);
  yield bytes;
  yield padding(bytes.length);
}

/** A header of the ustar format for a plain file with a name of up to 100 bytes. */
function tarHeader(name: string, sizeBytes: number): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0, 100);
  header.write("0000644\0", 100);
  header.write("0000000\0", 108);
  header.write("0000000\0", 116);
  header.write(`${sizeBytes.toString(8).padStart(11, "0")}\0`, 124);
  header.write("00000000000\0", 136);
  header.write("        ", 148);
  header.write("0", 156);
  header.write("ustar\u000000", 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}

function padding(sizeBytes: number): Buffer {
  return Buffer.alloc((512 - (sizeBytes % 512)) % 512);
}

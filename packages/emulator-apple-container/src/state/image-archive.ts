import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import type { Image, ImageConfig, ImageContents, ImageVariant } from "./images.js";
import type { Platform } from "./platform.js";

const run = promisify(execFile);
const NAME = "org.opencontainers.image.ref.name";
const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const CONFIG = "application/vnd.oci.image.config.v1+json";
const LAYER = "application/vnd.oci.image.layer.v1.tar";

interface Blob {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly platform?: Platform;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface ArchivePlace {
  readonly home: string;
  /** Undefined: this program's own stdin or stdout. */
  readonly path: string | undefined;
}

interface ArchivedConfig {
  readonly architecture: string;
  readonly os: string;
  readonly config?: ImageConfig;
}

/**
 * What `image save` writes: a tar with the OCI's layout, one layer for each variant of each image. It goes to this
 * program's stdout where no path is given.
 */
export async function writeArchive(images: readonly Image[], { home, path }: ArchivePlace): Promise<void> {
  await inTemporaryDirectory(home, async (directory) => {
    mkdirSync(join(directory, "blobs/sha256"), { recursive: true });
    const manifests: Blob[] = [];
    for (const image of images) {
      for (const variant of image.variants) {
        manifests.push(await writeVariant(directory, image.reference, variant));
      }
    }
    writeFileSync(join(directory, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
    writeFileSync(join(directory, "index.json"), JSON.stringify({ schemaVersion: 2, manifests }));
    await tar(["-C", directory, "-cf", path ?? "-", "."]);
  });
}

/**
 * What is in such a tar, or in this program's stdin where no path is given. The files of images are laid down in the
 * installation.
 *
 * @throws What `tar` says of a file that is no archive.
 */
export async function readArchive({ home, path }: ArchivePlace): Promise<ImageContents[]> {
  const content = join(home, "content");
  return await inTemporaryDirectory(home, async (directory) => {
    await tar(["-C", directory, "-xf", path ?? "-"]);
    const { manifests } = readJson<{ manifests: Blob[] }>(join(directory, "index.json"));
    const found: ImageContents[] = [];
    for (const manifest of manifests) {
      const reference = manifest.annotations?.[NAME];
      if (reference === undefined) continue;
      found.push({ reference, ...(await readVariant(directory, manifest, content)) });
    }
    return found;
  });
}

async function writeVariant(directory: string, reference: string, variant: ImageVariant): Promise<Blob> {
  const { platform, config, rootFileSystem } = variant;
  const layerFile = join(directory, "layer");
  await run("tar", ["-C", rootFileSystem, "-cf", layerFile, "."]);
  const layer = keepFile(directory, layerFile, await digestOfFile(layerFile), LAYER);
  const configBlob = keepText(
    directory,
    JSON.stringify({
      architecture: platform.architecture,
      os: platform.os,
      config,
      rootfs: { type: "layers", diff_ids: [layer.digest] },
    } satisfies ArchivedConfig & { rootfs: object }),
    CONFIG,
  );
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: configBlob,
    layers: [layer],
  });
  return { ...keepText(directory, manifest, MANIFEST), platform, annotations: { [NAME]: reference } };
}

async function readVariant(
  directory: string,
  manifest: Blob,
  content: string,
): Promise<Omit<ImageContents, "reference">> {
  const { config: configBlob, layers } = readJson<{ config: Blob; layers: Blob[] }>(
    blobPath(directory, manifest),
  );
  const { architecture, os, config = {} } = readJson<ArchivedConfig>(blobPath(directory, configBlob));
  const rootFileSystem = join(content, configBlob.digest.replace(":", "-"), "root");
  if (!existsSync(rootFileSystem)) {
    const unfinished = `${rootFileSystem}.${process.pid}`;
    mkdirSync(unfinished, { recursive: true });
    for (const layer of layers) await run("tar", ["-C", unfinished, "-xpf", blobPath(directory, layer)]);
    renameSync(unfinished, rootFileSystem);
  }
  const size = layers.reduce((sum, layer) => sum + layer.size, 0);
  return { rootFileSystem, config, platforms: [{ os, architecture }], size };
}

function keepText(directory: string, content: string, mediaType: string): Blob {
  const digest = `sha256:${createHash("sha256").update(content).digest("hex")}`;
  const blob = { mediaType, digest, size: Buffer.byteLength(content) };
  writeFileSync(blobPath(directory, blob), content);
  return blob;
}

function keepFile(directory: string, file: string, { hex, size }: FileDigest, mediaType: string): Blob {
  const blob = { mediaType, digest: `sha256:${hex}`, size };
  renameSync(file, blobPath(directory, blob));
  return blob;
}

/** Runs tar on this program's own input and output. */
async function tar(argv: readonly string[]): Promise<void> {
  const child = spawn("tar", argv, { stdio: ["inherit", "inherit", "pipe"] });
  const [complaint, [code]] = await Promise.all([text(child.stderr), once(child, "close")]);
  if (code !== 0) throw new Error(complaint.trim());
}

interface FileDigest {
  readonly hex: string;
  readonly size: number;
}

async function digestOfFile(path: string): Promise<FileDigest> {
  const { stdout } = await run("sh", ["-c", 'sha256sum < "$1"; wc -c < "$1"', "sh", path]);
  const [hex = "", size = "0"] = stdout.split(/\s+-?\s*/);
  return { hex, size: Number(size) };
}

function blobPath(directory: string, { digest }: Pick<Blob, "digest">): string {
  return join(directory, "blobs", digest.replace(":", "/"));
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, "utf8")) as T;
}

/** Within the installation, with which it goes where this program is killed. */
async function inTemporaryDirectory<T>(home: string, work: (directory: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(home, "archive-"));
  try {
    return await work(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

import { createHash } from "node:crypto";
import { join } from "node:path";
import { ContainerFailure } from "../failures.js";
import { isoDate } from "../output/print.js";
import { normalizeReference } from "./image-reference.js";
import { formatPlatform, type Platform } from "./platform.js";
import { Records } from "./records.js";

/** What an image says of itself, as the OCI names it. */
export interface ImageConfig {
  readonly Env?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly Entrypoint?: readonly string[];
  readonly User?: string;
  readonly WorkingDir?: string;
  readonly Labels?: Readonly<Record<string, string>>;
  readonly StopSignal?: string;
}

export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** What an image is on one platform. */
export interface ImageVariant {
  readonly platform: Platform;
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  readonly config: ImageConfig;
  /** The directory with its files, which is copied and never written to. */
  readonly rootFileSystem: string;
}

export interface Image {
  /** The full name. */
  readonly reference: string;
  readonly descriptor: Descriptor;
  /** ISO 8601 without fractions of seconds. */
  readonly creationDate: string;
  readonly variants: readonly ImageVariant[];
}

/** The images that an installation has. */
export function localImages(home: string): Records<Image> {
  return new Records(join(home, "images"));
}

/** What is to be found in registries, of whatever host. */
export function registryImages(home: string): Records<Image> {
  return new Records(join(home, "emulator-registry"));
}

/** The image of this name, which need not be the full one. */
export function findImage(home: string, reference: string): Image | undefined {
  return localImages(home).find(normalizeReference(reference));
}

/** Throws where an image has nothing for a platform (apple-container.md §4.6). */
export function variantFor(image: Image, platform: Platform): ImageVariant {
  const wanted = formatPlatform(platform);
  const found = image.variants.find((one) => formatPlatform(one.platform) === wanted);
  if (found === undefined) throw new ContainerFailure("unsupported", `unsupported platform ${wanted}`);
  return found;
}

/** What an image is made of. */
export interface ImageContents {
  /** Need not be the full name. */
  readonly reference: string;
  /** A directory with its files. It is not copied and has to stay. */
  readonly rootFileSystem: string;
  readonly config: ImageConfig;
  /** Default linux/arm64 alone. */
  readonly platforms?: readonly Platform[];
  /** Bytes of its files. Default 0. */
  readonly size?: number;
}

const arm64: Platform = { os: "linux", architecture: "arm64" };

/** An image of these contents; the same contents under another name are the same image. */
export function describeImage(contents: ImageContents): Image {
  const { reference, rootFileSystem, config, platforms = [arm64], size = 0 } = contents;
  const variants = platforms.map((platform): ImageVariant => {
    const digest = digestOf(JSON.stringify([platform, config, rootFileSystem]));
    return { platform, digest, size, config, rootFileSystem };
  });
  const index = JSON.stringify(variants.map(({ digest }) => digest));
  return {
    reference: normalizeReference(reference),
    descriptor: {
      mediaType: "application/vnd.oci.image.index.v1+json",
      digest: digestOf(index),
      size: index.length,
    },
    creationDate: isoDate(new Date()),
    variants,
  };
}

function digestOf(text: string): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}

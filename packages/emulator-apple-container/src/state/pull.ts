import { setTimeout } from "node:timers/promises";
import type { Context } from "../context.js";
import { ContainerFailure } from "../failures.js";
import { faultStrikes } from "./faults.js";
import { normalizeReference, partsOfReference } from "./image-reference.js";
import { type Image, localImages, registryImages } from "./images.js";
import { formatPlatform, type Platform } from "./platform.js";

/** Fetches an image from where registries are imitated; all its platforms where none is named. */
export async function pullImage(
  { home, settings }: Context,
  name: string,
  platform?: Platform,
): Promise<Image> {
  const reference = normalizeReference(name);
  if (faultStrikes(home, settings, "keychain")) throw keychainIsLocked();
  await setTimeout(settings.pullMs);
  const { registry, path, tag } = partsOfReference(reference);
  const address = `https://${registry === "docker.io" ? "registry-1.docker.io" : registry}/v2/${path}`;
  if (faultStrikes(home, settings, "registry")) {
    throw new ContainerFailure(
      "unknown",
      `HTTP request to ${address}/blobs failed: connection reset by peer`,
    );
  }
  const found = registryImages(home).find(reference);
  if (found === undefined) {
    throw new ContainerFailure(
      "notFound",
      `HTTP request to ${address}/manifests/${tag} failed with response: 404 Not Found`,
    );
  }
  const image = { ...found, variants: variantsFor(found, platform) };
  localImages(home).put(reference, image);
  return image;
}

function variantsFor({ variants }: Image, platform: Platform | undefined): Image["variants"] {
  if (platform === undefined) return variants;
  const wanted = formatPlatform(platform);
  const matching = variants.filter((one) => formatPlatform(one.platform) === wanted);
  if (matching.length === 0) throw new ContainerFailure("unsupported", `unsupported platform ${wanted}`);
  return matching;
}

/** As in a session without a window (apple-container.md §8.2). */
export function keychainIsLocked(): ContainerFailure {
  return new ContainerFailure("internalError", "failed to query keychain", "unhandledError(status: -25308)");
}

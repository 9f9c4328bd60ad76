import type { Image } from "../state/images.js";
import { type EmulatorSettings, isAtLeast } from "../state/settings.js";

/** An element of `image list` and `image inspect` (apple-container.md §6.3). */
export function imageResource(image: Image, settings: EmulatorSettings): object {
  const { reference, descriptor, creationDate } = image;
  const variants = image.variants.map(({ platform, digest, size, config }) => ({
    platform,
    digest,
    size,
    config: { architecture: platform.architecture, os: platform.os, created: creationDate, config },
  }));
  if (!isAtLeast(settings, "1.0.0")) {
    return { reference, descriptor, name: reference, index: descriptor, variants };
  }
  return {
    id: descriptor.digest.replace(/^sha256:/, ""),
    configuration: { name: reference, creationDate, descriptor },
    variants,
  };
}

/** The builder's image and the guests' init are not shown and not deleted. */
export function isInfrastructure({ reference }: Image): boolean {
  return /^ghcr\.io\/apple\/(containerization\/vminit|container-builder-shim\/builder)[:@]/.test(reference);
}

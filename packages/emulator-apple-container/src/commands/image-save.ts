import type { Command } from "../context.js";
import { ContainerFailure } from "../failures.js";
import { printLine } from "../output/print.js";
import { writeArchive } from "../state/image-archive.js";
import { findImage, type Image } from "../state/images.js";
import { askedPlatform, formatPlatform, type Platform } from "../state/platform.js";
import { requireService } from "../state/service-socket.js";

/** Writes to stdout where no file is named; names are told only where that does not disturb the archive. */
export const run: Command = async (parsed, { home, environment }) => {
  await requireService(home);
  const platform = askedPlatform(parsed, environment);
  const references = parsed.texts("references");
  const missing = references.filter((reference) => findImage(home, reference) === undefined);
  if (missing.length > 0) {
    const cause = { code: "notFound", message: `image not found: ${missing.join(", ")}` } as const;
    throw new ContainerFailure("internalError", "failed to save image(s)", cause);
  }
  const images = references.flatMap((reference) => findImage(home, reference) ?? []);
  const output = parsed.optionalText("output");
  await writeArchive(
    images.map((image) => only(image, platform)),
    { home, path: output },
  );
  if (output !== undefined) for (const { reference } of images) printLine(reference);
  return 0;
};

function only(image: Image, platform: Platform | undefined): Image {
  if (platform === undefined) return image;
  const wanted = formatPlatform(platform);
  const variants = image.variants.filter((one) => formatPlatform(one.platform) === wanted);
  if (variants.length > 0) return { ...image, variants };
  const available = image.variants.map((one) => formatPlatform(one.platform)).join(", ");
  throw new ContainerFailure(
    "notFound",
    `image ${image.reference} has no content for platform ${wanted}; available platforms: ${available}`,
  );
}

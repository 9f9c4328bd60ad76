import { existsSync } from "node:fs";
import type { Command } from "../context.js";
import { ContainerFailure } from "../failures.js";
import { printLine } from "../output/print.js";
import { readArchive } from "../state/image-archive.js";
import { describeImage, type Image, localImages } from "../state/images.js";
import { requireService } from "../state/service-socket.js";

/** Reads from stdin where no file is named. Variants of one name in the archive become one image. */
export const run: Command = async (parsed, { home }) => {
  const input = parsed.optionalText("input");
  if (input !== undefined && !existsSync(input)) {
    throw new ContainerFailure("notFound", `file does not exist: ${input}`);
  }
  await requireService(home);
  const images = new Map<string, Image>();
  for (const contents of await readArchive({ home, path: input })) {
    const image = describeImage(contents);
    const other = images.get(image.reference);
    const variants = [...(other?.variants ?? []), ...image.variants];
    images.set(image.reference, { ...image, variants });
  }
  for (const [reference, image] of images) {
    localImages(home).put(reference, image);
    printLine(reference);
  }
  return 0;
};

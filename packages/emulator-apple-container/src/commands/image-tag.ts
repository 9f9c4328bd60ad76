import type { Command } from "../context.js";
import { ContainerFailure } from "../failures.js";
import { printLine } from "../output/print.js";
import { normalizeReference } from "../state/image-reference.js";
import { findImage, localImages } from "../state/images.js";
import { requireService } from "../state/service-socket.js";

/** Prints the other name as it was given. */
export const run: Command = async (parsed, { home }) => {
  await requireService(home);
  const source = findImage(home, parsed.text("source"));
  if (source === undefined) {
    throw new ContainerFailure("notFound", `image not found: ${parsed.text("source")}`);
  }
  const reference = normalizeReference(parsed.text("target"));
  localImages(home).put(reference, { ...source, reference });
  printLine(parsed.text("target"));
  return 0;
};

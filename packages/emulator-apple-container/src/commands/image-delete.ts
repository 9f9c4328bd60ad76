import type { Parsed } from "@nanoclaw/emulator-base";
import type { Command } from "../context.js";
import { ContainerFailure } from "../failures.js";
import { printLine } from "../output/print.js";
import { findImage, type Image, localImages } from "../state/images.js";
import { requireService } from "../state/service-socket.js";
import { isInfrastructure } from "./image-resource.js";

/** Deletes also what containers were made from: they have disks of their own (apple-container.md §8.1). */
export const run: Command = async (parsed, { home }) => {
  requireNames(parsed);
  await requireService(home);
  const names = [...new Set(parsed.texts("images"))];
  const found = names.map((name) => findImage(home, name));
  const chosen = parsed.flag("all")
    ? localImages(home).all()
    : found.filter((image): image is Image => !!image);
  for (const image of chosen.filter((one) => !isInfrastructure(one))) {
    localImages(home).remove(image.reference);
    printLine(image.reference);
  }
  const missing = names.filter((_, index) => found[index] === undefined);
  if (missing.length === 0 || parsed.flag("force")) return 0;
  throw new ContainerFailure(
    "internalError",
    `failed to delete one or more images: ${JSON.stringify(missing)}`,
  );
};

function requireNames(parsed: Parsed): void {
  const count = parsed.texts("images").length;
  if (count === 0 && !parsed.flag("all")) {
    throw new ContainerFailure("invalidArgument", "no image specified and --all not supplied");
  }
  if (count > 0 && parsed.flag("all")) {
    throw new ContainerFailure(
      "invalidArgument",
      "explicitly supplied image reference(s) conflict with the --all flag",
    );
  }
}

import type { Command } from "../context.js";
import { logLine, printLine } from "../output/print.js";
import { sizeText } from "../state/disk-use.js";
import { localImages } from "../state/images.js";
import { allContainers, imagesInUse } from "./container-use.js";
import { isInfrastructure } from "./image-resource.js";

/** Every image here has a name, so that without `--all` there is nothing to prune. */
export const run: Command = async (parsed, context) => {
  const used = imagesInUse(await allContainers(context, "image prune"));
  const unused = localImages(context.home)
    .all()
    .filter((image) => !used.has(image.reference) && !isInfrastructure(image));
  const chosen = parsed.flag("all") ? unused : [];
  for (const { reference, descriptor } of chosen) {
    localImages(context.home).remove(reference);
    printLine(`untagged ${reference}`);
    printLine(`deleted ${descriptor.digest}`);
  }
  const size = chosen.flatMap(({ variants }) => variants).reduce((sum, variant) => sum + variant.size, 0);
  logLine(`Reclaimed ${sizeText(size)} in disk space`);
  return 0;
};

import type { Command } from "../context.js";
import { ContainerFailure } from "../failures.js";
import { logLine, printLine } from "../output/print.js";
import { faultStrikes } from "../state/faults.js";
import { findImage, registryImages } from "../state/images.js";
import { askedPlatform, formatPlatform } from "../state/platform.js";
import { keychainIsLocked } from "../state/pull.js";
import { requireService } from "../state/service-socket.js";

/** Puts an image where `image pull` finds it; prints its name. */
export const run: Command = async (parsed, { home, settings, environment }) => {
  await requireService(home);
  const platform = askedPlatform(parsed, environment);
  const image = findImage(home, parsed.text("reference"));
  if (image === undefined) {
    throw new ContainerFailure("notFound", `image not found: ${parsed.text("reference")}`);
  }
  if (faultStrikes(home, settings, "keychain")) throw keychainIsLocked();
  const isWanted = (wanted: string) => platform === undefined || formatPlatform(platform) === wanted;
  const variants = image.variants.filter((variant) => isWanted(formatPlatform(variant.platform)));
  if (variants.length === 0 && platform !== undefined) {
    throw new ContainerFailure("unsupported", `unsupported platform ${formatPlatform(platform)}`);
  }
  if (parsed.text("progress") !== "none") logLine("[1/1] Pushing image [0s]");
  registryImages(home).put(image.reference, { ...image, variants });
  printLine(image.reference);
  return 0;
};

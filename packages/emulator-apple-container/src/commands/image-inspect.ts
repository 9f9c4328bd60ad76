import type { Command } from "../context.js";
import { ContainerFailure } from "../failures.js";
import { prettyJson } from "../output/json.js";
import { printLine } from "../output/print.js";
import { findImage, type Image } from "../state/images.js";
import { requireService } from "../state/service-socket.js";
import { isAtLeast } from "../state/settings.js";
import { imageResource } from "./image-resource.js";

export const run: Command = async (parsed, { home, settings }) => {
  await requireService(home);
  const names = [...new Set(parsed.texts("images"))];
  const found = names.map((name) => findImage(home, name));
  const missing = names.filter((_, index) => found[index] === undefined);
  if (missing.length > 0 && isAtLeast(settings, "1.0.0")) {
    throw new ContainerFailure("notFound", `image not found: ${missing.sort().join(", ")}`);
  }
  const images = found.filter((image): image is Image => image !== undefined);
  printLine(
    prettyJson(
      images.map((image) => imageResource(image, settings)),
      settings,
    ),
  );
  return 0;
};

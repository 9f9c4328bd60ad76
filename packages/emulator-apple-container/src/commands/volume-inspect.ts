import type { Command } from "../context.js";
import { ContainerFailure } from "../failures.js";
import { prettyJson } from "../output/json.js";
import { printLine } from "../output/print.js";
import { requireService } from "../state/service-socket.js";
import { isAtLeast } from "../state/settings.js";
import { type Volume, volumesOf } from "../state/volumes.js";
import { volumeResource } from "./volume-resource.js";

export const run: Command = async (parsed, { home, settings }) => {
  await requireService(home);
  const names = [...new Set(parsed.texts("names"))];
  const found = names.map((name) => volumesOf(home).find(name));
  const missing = names.filter((_, index) => found[index] === undefined).sort();
  if (missing.length > 0 && isAtLeast(settings, "1.0.0")) {
    throw new ContainerFailure("notFound", `volume not found: ${missing.join(", ")}`);
  }
  const volumes = found.filter((volume): volume is Volume => volume !== undefined);
  printLine(
    prettyJson(
      volumes.map((volume) => volumeResource(volume, settings)),
      settings,
    ),
  );
  return 0;
};

import type { Command } from "../context.js";
import { printListing } from "../output/print.js";
import { requireService } from "../state/service-socket.js";
import { type Volume, volumesOf } from "../state/volumes.js";
import { isAnonymous, volumeResource } from "./volume-resource.js";

export const run: Command = async (parsed, { home, settings }) => {
  await requireService(home);
  const volumes = volumesOf(home).all();
  printListing(
    parsed.text("format"),
    {
      value: volumes.map((volume) => volumeResource(volume, settings)),
      rows: [["NAME", "TYPE", "DRIVER", "OPTIONS"], ...volumes.map(row)],
      ...(parsed.flag("quiet") && { names: volumes.map(({ name }) => name) }),
    },
    settings,
  );
  return 0;
};

function row(volume: Volume): string[] {
  const options = Object.entries(volume.options).map(([key, value]) => `${key}=${value}`);
  return [volume.name, isAnonymous(volume) ? "anonymous" : "named", volume.driver, options.sort().join(",")];
}

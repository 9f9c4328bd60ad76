import type { Command } from "../context.js";
import { logLine, printLine } from "../output/print.js";
import { diskUse, sizeText } from "../state/disk-use.js";
import { deleteVolume, volumeFiles, volumesOf } from "../state/volumes.js";
import { allContainers, volumesInUse } from "./container-use.js";

/** Deletes the volumes that no container has. */
export const run: Command = async (_parsed, context) => {
  const used = volumesInUse(await allContainers(context, "volume prune"));
  let reclaimed = 0;
  for (const { name } of volumesOf(context.home).all()) {
    if (used.has(name)) continue;
    reclaimed += await diskUse(volumeFiles(context.home, name));
    deleteVolume(context.home, name);
    printLine(name);
  }
  logLine(`Reclaimed ${sizeText(reclaimed)} in disk space`);
  return 0;
};

import { logLine } from "../output/print.js";
import { createVolume, type Volume, volumesOf } from "../state/volumes.js";
import type { MountRequest } from "./mounts.js";

/** Makes volumes that are not there, and tells so on stderr (apple-container.md §10.3). */
export function resolveMounts(home: string, requests: readonly MountRequest[]) {
  return requests.map((request) => {
    const { destination, options } = request;
    if (request.kind === "tmpfs") return { type: { tmpfs: {} }, source: "tmpfs", destination, options };
    if (request.kind === "host")
      return { type: { virtiofs: {} }, source: request.source, destination, options };
    const { name, source, format } = volumeOf(home, request.volume);
    const type = { volume: { name, format, cache: { on: {} }, sync: { fsync: {} } } };
    return { type, source, destination, options };
  });
}

function volumeOf(home: string, name: string | undefined): Volume {
  if (name === undefined) return createVolume(home, {});
  const found = volumesOf(home).find(name);
  if (found !== undefined) return found;
  try {
    const volume = createVolume(home, { name });
    logLine(`named volume was automatically created [volume=${name}]`);
    return volume;
  } catch (error) {
    // Another container that is made now has made it too.
    const theirs = volumesOf(home).find(name);
    if (theirs === undefined) throw error;
    return theirs;
  }
}

import { statSync } from "node:fs";
import { dirname } from "node:path";
import { volumeFiles } from "../state/volumes.js";
import type { Mount } from "./configuration.js";

/** What a container sees of the host, or of memory, at a path of its own. */
export type GuestMount =
  | {
      readonly kind: "share";
      /** A directory or file of the host. */
      readonly source: string;
      readonly destination: string;
      readonly readOnly: boolean;
    }
  /** `options` are the file system's: `size=…`, `mode=…`. */
  | { readonly kind: "tmpfs"; readonly destination: string; readonly options: readonly string[] };

/**
 * What becomes of a container's mounts, with the defects of the real ones (apple-container.md §10.5): a directory is not
 * there when a file in it is shared as well (I#2148), and of the same directory shared twice the last one says whether
 * any can be written to.
 */
export function guestMounts(mounts: readonly Mount[], home: string): GuestMount[] {
  const shared = mounts.filter(({ type }) => "virtiofs" in type).map(({ source }) => source);
  const dropped = new Set(shared.filter((source) => !isDirectory(source)).map((file) => dirname(file)));
  return mounts.flatMap((mount): GuestMount[] => {
    const { type, source, destination, options } = mount;
    if ("tmpfs" in type) {
      return [{ kind: "tmpfs", destination, options: options.filter((option) => option !== "ro") }];
    }
    const readOnly = options.includes("ro");
    if ("volume" in type) {
      return [{ kind: "share", source: volumeFiles(home, type.volume.name), destination, readOnly }];
    }
    if (dropped.has(source)) return [];
    const last = mounts.findLast((other) => "virtiofs" in other.type && other.source === source);
    return [
      { kind: "share", source, destination, readOnly: readOnly || last?.options.includes("ro") === true },
    ];
  });
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

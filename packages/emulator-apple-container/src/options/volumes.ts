import { statSync } from "node:fs";
import { resolve } from "node:path";
import type { MountRequest } from "./mounts.js";
import { refuse } from "./refuse.js";
import { split } from "./split.js";
import { requireVolumeName } from "./volume-name.js";

/** `--volume [source:]destination[:options]` (apple-container.md §10.3). No path can have a colon in it. */
export function volumesOf(texts: readonly string[], cwd: string): MountRequest[] {
  return texts.map((text) => {
    const parts = split(text, ":");
    const [source = "", destination, options] = parts;
    if (parts.length === 0 || parts.length > 3) refuse(`invalid volume format ${text}`);
    if (destination === undefined) {
      return { kind: "volume", volume: undefined, destination: source, options: [] };
    }
    const list = options === undefined ? [] : split(options, ",");
    if (!source.includes("/") && source !== "." && source !== "..") {
      requireVolumeName(source);
      return { kind: "volume", volume: source, destination, options: list };
    }
    return { kind: "host", source: existing(source, cwd), destination, options: list };
  });
}

/** A directory, a file or a socket; nothing is made. */
function existing(source: string, cwd: string): string {
  const path = resolve(cwd, source);
  if (statSync(path, { throwIfNoEntry: false }) === undefined) refuse(`path '${source}' does not exist`);
  return path;
}

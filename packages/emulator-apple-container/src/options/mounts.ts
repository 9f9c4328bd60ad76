import { statSync } from "node:fs";
import { resolve } from "node:path";
import { wholeMebibytes } from "./memory.js";
import { refuse } from "./refuse.js";
import { split } from "./split.js";
import { requireVolumeName } from "./volume-name.js";

/** Something to be seen at a path of the guest. */
export type MountRequest =
  /** A directory, file or socket of the host. */
  | {
      readonly kind: "host";
      readonly source: string;
      readonly destination: string;
      readonly options: string[];
    }
  | { readonly kind: "tmpfs"; readonly destination: string; readonly options: string[] }
  /** A volume, which is made if need be; undefined: a new one without a name. */
  | {
      readonly kind: "volume";
      readonly volume: string | undefined;
      readonly destination: string;
      readonly options: string[];
    };

type Directives = ReadonlyMap<string, string>;

/** `--mount key=value,…` (apple-container.md §10.2). Identical ones are one. */
export function mountsOf(texts: readonly string[], cwd: string): MountRequest[] {
  return [...new Set(texts)].map((text) => {
    const mount = mountOf(directivesOf(text), cwd);
    if (mount.destination === "") {
      refuse(`${mount.kind === "volume" ? "volume" : "mount"} destination cannot be empty`);
    }
    return mount;
  });
}

/**
 * `--tmpfs path`. Until 1.2.2 all of the text is the path (I#2094); after that `path:option,…`.
 *
 * @param hasOptions Whether there are options.
 */
export function tmpfsOf(texts: readonly string[], hasOptions: boolean): MountRequest[] {
  return [...new Set(texts)].map((text) => {
    const [path = "", list = ""] = hasOptions ? split(text, ":", 1) : [text];
    if (path === "") refuse("mount destination cannot be empty");
    return { kind: "tmpfs", destination: path, options: split(list, ",") };
  });
}

function directivesOf(text: string): Directives {
  const parts = split(text, ",");
  if (parts.length === 0) refuse(`invalid mount format: ${text}`);
  const directives = new Map([["type", "virtiofs"]]);
  for (const part of parts) {
    const [given = "", value, ...others] = split(part, "=", 2);
    const key = keyOf(given) ?? refuse(`unknown directive ${given} when parsing mount ${text}`);
    // `readonly=false` is as good as `readonly`.
    if (key !== "ro" && (value === undefined || others.length > 0)) {
      refuse(`invalid directive format missing value ${part} in ${text}`);
    }
    directives.set(key, key === "ro" ? "" : (value ?? ""));
  }
  return directives;
}

function keyOf(given: string): string | undefined {
  if (given === "type" || given === "size" || given === "mode") return given;
  if (given === "source" || given === "src") return "source";
  if (given === "destination" || given === "dst" || given === "target") return "destination";
  return given === "readonly" || given === "ro" ? "ro" : undefined;
}

function mountOf(directives: Directives, cwd: string): MountRequest {
  const type = directives.get("type") ?? "";
  const source = directives.get("source");
  const destination = directives.get("destination") ?? "";
  if (!["bind", "virtiofs", "tmpfs", "volume"].includes(type)) refuse(`unsupported mount type ${type}`);
  const options = [...(directives.has("ro") ? ["ro"] : []), ...memoryOptions(directives, type)];
  if (type === "volume") {
    if (source !== undefined) requireVolumeName(source);
    return { kind: "volume", volume: source, destination, options };
  }
  if (type === "tmpfs") {
    if (source !== undefined) refuse("cannot specify source for tmpfs mount");
    return { kind: "tmpfs", destination, options };
  }
  return { kind: "host", source: directoryOf(source ?? "", cwd), destination, options };
}

function memoryOptions(directives: Directives, type: string): string[] {
  const [size, mode] = [directives.get("size"), directives.get("mode")];
  if (size !== undefined && type !== "tmpfs") refuse(`unsupported option size for ${type} mount`);
  if (mode !== undefined && type !== "tmpfs") refuse(`unsupported option mode for ${type} mount`);
  return [
    ...(size === undefined ? [] : [`size=${wholeMebibytes(size)}`]),
    ...(mode === undefined ? [] : [`mode=${mode}`]),
  ];
}

function directoryOf(source: string, cwd: string): string {
  if (source === "") refuse(" is not an absolute path on the host");
  const path = resolve(cwd, source);
  const entry = statSync(path, { throwIfNoEntry: false });
  if (entry === undefined) refuse(`path '${source}' does not exist`);
  if (!entry.isDirectory()) refuse(`path '${source}' is not a directory`);
  return path;
}

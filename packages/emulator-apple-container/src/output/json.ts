import { type EmulatorSettings, isAtLeast } from "../state/settings.js";

/** JSON as `list` prints it: one line, keys in their order, absent ones left out (apple-container.md §6). */
export function compactJson(value: unknown, settings: EmulatorSettings): string {
  return withSlashes(compact(value), settings);
}

/** JSON as `inspect` prints it: by lines, with a blank before the colon. */
export function prettyJson(value: unknown, settings: EmulatorSettings): string {
  return withSlashes(pretty(value, ""), settings);
}

/** The entries of an object that have a value, sorted by key as every output has them. */
export function sortedEntries(value: object): [string, unknown][] {
  return Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1));
}

/** Until 1.3.1 slashes are escaped. JSON has them in texts alone. */
function withSlashes(json: string, settings: EmulatorSettings): string {
  return isAtLeast(settings, "1.4.0") ? json : json.replaceAll("/", "\\/");
}

function compact(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(compact).join(",")}]`;
  if (typeof value !== "object" || value === null) return plainText(value);
  return `{${sortedEntries(value)
    .map(([key, item]) => `${JSON.stringify(key)}:${compact(item)}`)
    .join(",")}}`;
}

function pretty(value: unknown, indent: string): string {
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    if (value.length === 0) return `[\n\n${indent}]`;
    return `[\n${value.map((item) => inner + pretty(item, inner)).join(",\n")}\n${indent}]`;
  }
  if (typeof value !== "object" || value === null) return plainText(value);
  const entries = sortedEntries(value);
  if (entries.length === 0) return `{\n\n${indent}}`;
  const lines = entries.map(([key, item]) => `${inner}${JSON.stringify(key)} : ${pretty(item, inner)}`);
  return `{\n${lines.join(",\n")}\n${indent}}`;
}

/** A value that has no others in it, as all forms of output have it. */
export function plainText(value: unknown): string {
  // What stands for "no limit" is one less than the number that is nearest to it here.
  return value === 2 ** 64 ? "18446744073709551615" : JSON.stringify(value);
}

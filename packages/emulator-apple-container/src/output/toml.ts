import { plainText, sortedEntries } from "./json.js";

/** TOML, which has no list at its top: that goes under `items`. */
export function toml(value: unknown): string {
  return table(Array.isArray(value) ? { items: value } : (value as object), []).join("\n");
}

/** Plain values come before tables, which would take them in otherwise. */
function table(value: object, path: readonly string[]): string[] {
  const entries = sortedEntries(value);
  const inline = entries.filter(([, item]) => !isTable(item) && !isListOfTables(item));
  const lines = inline.map(([key, item]) => `${name(key)} = ${text(item)}`);
  for (const [key, item] of entries) {
    const inner = [...path, name(key)];
    if (isTable(item)) lines.push("", `[${inner.join(".")}]`, ...table(item, inner));
    if (!isListOfTables(item)) continue;
    for (const one of item) lines.push("", `[[${inner.join(".")}]]`, ...table(one, inner));
  }
  return lines[0] === "" ? lines.slice(1) : lines;
}

function isTable(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isListOfTables(value: unknown): value is readonly object[] {
  return Array.isArray(value) && value.length > 0 && value.every(isTable);
}

function name(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : JSON.stringify(key);
}

function text(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "[]" : `[ ${value.map(text).join(", ")} ]`;
  return plainText(value);
}

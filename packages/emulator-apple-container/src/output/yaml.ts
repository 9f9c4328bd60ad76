import { plainText, sortedEntries } from "./json.js";

/** YAML in blocks: sorted keys, lists at the indentation of their key. */
export function yaml(value: unknown): string {
  return `${block(value, "").join("\n")}`;
}

function block(value: unknown, indent: string): string[] {
  if (Array.isArray(value)) {
    if (value.length === 0) return [`${indent}[]`];
    return value.flatMap((item) => {
      const [first = "", ...others] = block(item, `${indent}  `);
      return [`${indent}- ${first.slice(indent.length + 2)}`, ...others];
    });
  }
  if (typeof value !== "object" || value === null) return [indent + scalar(value)];
  const entries = sortedEntries(value);
  if (entries.length === 0) return [`${indent}{}`];
  return entries.flatMap(([key, item]) => {
    if (typeof item !== "object" || item === null) return [`${indent}${scalar(key)}: ${scalar(item)}`];
    if (Object.keys(item).length === 0) {
      return [`${indent}${scalar(key)}: ${Array.isArray(item) ? "[]" : "{}"}`];
    }
    const inner = Array.isArray(item) ? indent : `${indent}  `;
    return [`${indent}${scalar(key)}:`, ...block(item, inner)];
  });
}

/** Texts that could be read as something else are quoted; JSON's quotes are YAML's too. */
function scalar(value: unknown): string {
  if (typeof value !== "string") return plainText(value);
  const isPlain =
    /^[A-Za-z/][A-Za-z0-9_./@+-]*$/.test(value) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(value);
  return isPlain ? value : JSON.stringify(value);
}

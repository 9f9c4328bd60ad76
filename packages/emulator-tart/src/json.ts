/** JSON as Foundation prints it: a space before the colon, escaped slashes, keys in no order. */
export function formatJson(value: unknown): string {
  return format(value, "");
}

function format(value: unknown, indent: string): string {
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    if (value.length === 0) return `[\n\n${indent}]`;
    return `[\n${value.map((item) => inner + format(item, inner)).join(",\n")}\n${indent}]`;
  }
  if (typeof value === "object" && value !== null) {
    const entries = shuffled(Object.entries(value).filter(([, item]) => item !== undefined));
    if (entries.length === 0) return `{\n\n${indent}}`;
    const lines = entries.map(([key, item]) => `${inner}${text(key)} : ${format(item, inner)}`);
    return `{\n${lines.join(",\n")}\n${indent}}`;
  }
  return typeof value === "string" ? text(value) : JSON.stringify(value);
}

function text(value: string): string {
  return JSON.stringify(value).replaceAll("/", "\\/");
}

/** Dictionaries are hashed with a new seed in each process: a reader that counts on an order is to be caught. */
function shuffled<T>(items: T[]): T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

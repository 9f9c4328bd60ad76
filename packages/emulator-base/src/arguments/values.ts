import type { ValueKind } from "./definition.js";

const ranges = {
  UInt16: [0n, 2n ** 16n - 1n],
  UInt32: [0n, 2n ** 32n - 1n],
  UInt: [0n, 2n ** 64n - 1n],
  UInt64: [0n, 2n ** 64n - 1n],
  Int: [-(2n ** 63n), 2n ** 63n - 1n],
  Int32: [-(2n ** 31n), 2n ** 31n - 1n],
  Int64: [-(2n ** 63n), 2n ** 63n - 1n],
} as const;

/** The value that a text stands for; undefined where it stands for none of this kind. */
export function readValue(kind: ValueKind, text: string): string | number | undefined {
  if (kind === "string") return text;
  if (typeof kind === "object") return kind.oneOf.includes(text) ? text : undefined;
  if (!/^[+-]?\d+$/.test(text)) return undefined;
  const [least, most] = ranges[kind];
  const number = BigInt(text.replace(/^\+/, ""));
  return number >= least && number <= most ? Number(number) : undefined;
}

/** What follows the complaint about a value of this kind. */
export function listOfValues(kind: ValueKind): string {
  if (typeof kind !== "object") return "";
  const quoted = kind.oneOf.map((value) => `'${value}'`);
  if (quoted.length >= 6) {
    return `. Please provide one of the following:\n${kind.oneOf.map((value) => `  - ${value}`).join("\n")}`;
  }
  const list =
    quoted.length <= 2 ? quoted.join(" and ") : `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
  return `. Please provide one of ${list}.`;
}

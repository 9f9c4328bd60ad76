import { UsageError } from "./usage-error.js";

/** A number above 0, fractions allowed. */
export function parsePositive(text: string): number {
  const number = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
  if (!(number > 0 && Number.isFinite(number))) throw new UsageError("Write a number above 0, such as 1.5.");
  return number;
}

/** A whole number above 0. */
export function parseCount(text: string): number {
  const number = /^\d+$/.test(text) ? Number(text) : 0;
  if (!(number > 0 && Number.isSafeInteger(number))) throw new UsageError("Write a whole number above 0.");
  return number;
}

export function parsePort(text: string): number {
  const port = parseCount(text);
  if (port > 65_535) throw new UsageError("Write the number of one port of the sandbox, 1 to 65535.");
  return port;
}

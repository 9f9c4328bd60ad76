import { UsageError } from "./usage-error.js";

const mebibytesIn = { k: 1 / 1024, m: 1, g: 1024, t: 1024 * 1024 };

/**
 * MiB from `512m`, `512MiB`, `1.5g`: units are powers of 1024, in every spelling, as in `docker run --memory`. A number
 * without a unit is refused: docker takes it for bytes, others for megabytes.
 */
export function parseMebibytes(text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?) ?([kmgt])(?:i?b)?$/i.exec(text) ?? [];
  const size = Number(amount) * mebibytesIn[(unit ?? "m").toLowerCase() as keyof typeof mebibytesIn];
  if (!(size > 0 && Number.isFinite(size))) {
    throw new UsageError("Write a number and a unit, such as 512m or 2g.");
  }
  return size;
}

/** GiB from the same. */
export function parseGibibytes(text: string): number {
  return parseMebibytes(text) / 1024;
}

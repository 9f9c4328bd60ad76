import { refuse } from "./refuse.js";

const BYTES_PER_MIB = 2 ** 20;
const MINIMUM_MIB = 200;

const factors: Readonly<Record<string, number>> = {
  b: 1,
  k: 2 ** 10,
  m: 2 ** 20,
  g: 2 ** 30,
  t: 2 ** 40,
  p: 2 ** 50,
};

/** A number and a unit, all binary; no unit means bytes. Whole MiB, in bytes (apple-container.md §4.3). */
export function wholeMebibytes(text: string): number {
  return Math.trunc(bytesOf(text) / BYTES_PER_MIB) * BYTES_PER_MIB;
}

/** The same to the byte. */
export function bytesOf(text: string): number {
  const [, number = "", unit = ""] = /^\s*([\d.]*)\s*(.*?)\s*$/.exec(text) ?? [];
  if (!/^(\d+\.?\d*|\.\d+)$/.test(number)) refuse("invalid size");
  const [, letter] =
    /^(b|[kmgtp](?:i?b)?)?$/.exec(unit.toLowerCase()) ?? refuse(`invalid symbol: ${unit.toLowerCase()}`);
  return Number(number) * (factors[letter?.slice(0, 1) ?? "b"] ?? 1);
}

/** What the service says about too little (rows 10 and 11 of §14). */
export function requireMinimumMemory(memoryInBytes: number): void {
  if (memoryInBytes >= MINIMUM_MIB * BYTES_PER_MIB) return;
  refuse(`minimum memory amount allowed is ${MINIMUM_MIB} MiB (got ${memoryInBytes} bytes)`);
}

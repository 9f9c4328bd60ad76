/** Numbers that look random and are the same for the same seed, so that a failure can be tried again. */
export interface Random {
  /** From 0 up to 1. */
  next(): number;
  /** A whole number from `from` up to and including `to`. */
  integer(from: number, to: number): number;
  bytes(count: number): Buffer;
}

export function seededRandom(seed: string): Random {
  // mulberry32 over an FNV-1a hash of the seed.
  let state = 0x811c9dc5;
  for (const character of seed) state = Math.imul(state ^ character.charCodeAt(0), 0x01000193);
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    integer: (from, to) => from + Math.floor(next() * (to - from + 1)),
    bytes: (count) => {
      const bytes = Buffer.allocUnsafe(count);
      for (let index = 0; index < count; index++) bytes[index] = next() * 256;
      return bytes;
    },
  };
}

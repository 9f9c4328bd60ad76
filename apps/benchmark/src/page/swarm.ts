/** A sample's place in its row, in pixels from the row's middle. */
export interface Dot {
  readonly x: number;
  readonly offset: number;
}

/**
 * Places dots that would cover one another above and below the middle of their row. Where more of them are together
 * than the row has room for, they are put closer: the row stays as high as it is, and density shows as darkness.
 */
export function swarm(xs: readonly number[], radius: number, halfHeight: number): Dot[] {
  const size = radius * 2;
  const columns = new Map<number, number[]>();
  for (const [index, x] of xs.entries()) {
    const column = Math.floor(x / size);
    columns.set(column, [...(columns.get(column) ?? []), index]);
  }
  const offsets = new Float64Array(xs.length);
  for (const members of columns.values()) {
    const step = Math.min(size, (halfHeight - radius) / Math.max(Math.ceil((members.length - 1) / 2), 1));
    for (const [place, index] of members.entries()) {
      // 0, then above, below, further above, further below …
      offsets[index] = Math.ceil(place / 2) * step * (place % 2 === 0 ? 1 : -1);
    }
  }
  return xs.map((x, index) => ({ x, offset: offsets[index] ?? 0 }));
}

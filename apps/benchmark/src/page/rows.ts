/** Where the rows of a chart are, in pixels; those of one engine stand under its name. */
export interface RowLayout<Row> {
  readonly headings: ReadonlyArray<{ readonly text: string; readonly y: number }>;
  /** `y` is the middle of the dots, `top` and `bottom` of everything. */
  readonly rows: ReadonlyArray<{
    readonly row: Row;
    readonly y: number;
    readonly top: number;
    readonly bottom: number;
  }>;
  readonly height: number;
}

export interface RowSizes {
  /** Height of what a row shows. */
  readonly band: number;
  /** Height of a line of text above it; 0 where the text stands at its left. */
  readonly label: number;
  readonly top: number;
  readonly bottom: number;
}

const HEADING = 30;

export function layOut<Row extends { readonly engine: string }>(
  rows: readonly Row[],
  sizes: RowSizes,
): RowLayout<Row> {
  const headings: Array<{ text: string; y: number }> = [];
  const placed: Array<RowLayout<Row>["rows"][number]> = [];
  let y = sizes.top;
  for (const engine of new Set(rows.map((row) => row.engine))) {
    headings.push({ text: engine, y: y + HEADING - 12 });
    y += HEADING;
    for (const row of rows.filter((one) => one.engine === engine)) {
      const top = y;
      y += sizes.label + sizes.band;
      placed.push({ row, top, y: y - sizes.band / 2, bottom: y });
    }
  }
  return { headings, rows: placed, height: y + sizes.bottom };
}

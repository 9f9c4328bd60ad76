import type { Metric } from "../measurement.js";
import type { Estimate } from "../statistics.js";

/** What the page's script is given: every sample and what the report made of them. */
export interface PageData {
  readonly charts: readonly PageChart[];
  readonly phases: readonly PagePhases[];
}

/** One quantity, with all who gave it on one axis. */
export interface PageChart {
  /** Of the element that it is drawn in. */
  readonly id: string;
  readonly title: string;
  readonly unit: Metric["unit"];
  readonly rows: readonly PageRow[];
}

/** Who gave a figure, and how the page tells them apart. */
export interface PageContender {
  readonly engine: string;
  readonly contender: string;
  readonly title: string;
  /** Index of the accent and the shape of this kind of contender. */
  readonly tone: number;
}

export interface PageRow extends PageContender {
  readonly median: number;
  /** Bootstrap interval of the median, 95 %. */
  readonly interval: Estimate;
  readonly p95: number;
  readonly p99: number;
  /** The median of the same engine's sandbox divided by this one. */
  readonly ratio?: Estimate;
  /** The middle half of the samples lies between these. */
  readonly quartiles: readonly [number, number];
  readonly samples: readonly PageSample[];
}

/** Value, round, milliseconds since the run began, worker or null. A tuple, as there are thousands. */
export type PageSample = readonly [value: number, round: number, atMs: number, worker: number | null];

/** The parts that a start is made of, one after the other. */
export interface PagePhases {
  readonly id: string;
  readonly title: string;
  /** Of all parts, in the order in which they happen; a row has those that its contender tells. */
  readonly names: readonly string[];
  readonly rows: ReadonlyArray<
    PageContender & { readonly parts: ReadonlyArray<{ readonly title: string; readonly median: number }> }
  >;
}

/** A quantity that a scenario measures. For all of them less is better. */
export interface Metric {
  readonly id: string;
  readonly title: string;
  readonly unit: "ms" | "bytes" | "count";
  /** What it means when turns went well and gave no value. */
  readonly without?: string;
}

export interface Sample {
  readonly value: number;
  /** Rounds count from 0; in each of them every contender has its turn. */
  readonly round: number;
  /** Milliseconds from the start of the run to the start of this sample. */
  readonly atMs: number;
  /** Which of several workers at once. */
  readonly worker?: number;
}

export interface Failure {
  readonly round: number;
  readonly message: string;
}

/** All that one contender gave for one metric. */
export interface Series {
  readonly scenario: string;
  readonly metric: string;
  readonly title: string;
  readonly unit: Metric["unit"];
  readonly engine: string;
  readonly contender: string;
  readonly contenderTitle: string;
  readonly role: "sandbox" | "baseline";
  /** Taken first and kept apart: the first of everything is slower. */
  readonly warmups: readonly Sample[];
  readonly samples: readonly Sample[];
  readonly failures: readonly Failure[];
  /** Why there are no samples, or fewer than asked for. */
  readonly remark?: string;
}

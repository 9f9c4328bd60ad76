import type { Series } from "../../measurement.js";
import type { PageContender } from "../../page/page-data.js";
import { tones } from "../../page/tones.js";
import type { RunResult } from "../../result.js";

/** A kind of contender, the same on every engine that has it. */
export interface ContenderKind {
  readonly id: string;
  readonly title: string;
  readonly tone: number;
}

/** Sandboxes first: theirs is the first accent. Baselines have theirs in the order in which they come. */
export function kindsOf({ series, engines }: RunResult): ContenderKind[] {
  const all = [
    ...series.map(({ contender, contenderTitle, role }) => ({ id: contender, title: contenderTitle, role })),
    ...engines.flatMap(({ contenders }) => contenders),
  ];
  const unique = [...new Map(all.map((one) => [one.id, one])).values()];
  const inOrder = [
    ...unique.filter(({ role }) => role === "sandbox"),
    ...unique.filter(({ role }) => role === "baseline"),
  ];
  return inOrder.map(({ id, title }, index) => ({ id, title, tone: Math.min(index, tones.length - 1) }));
}

export function pageContender(
  { engine, contender, contenderTitle }: Series,
  kinds: readonly ContenderKind[],
): PageContender {
  return {
    engine,
    contender,
    title: contenderTitle,
    tone: kinds.find(({ id }) => id === contender)?.tone ?? 0,
  };
}

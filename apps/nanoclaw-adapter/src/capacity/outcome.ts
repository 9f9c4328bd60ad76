import { isRuntime, type Runtime } from "../runtime.js";
import type { Slot } from "./slot.js";

/** How a run ended. `lost`: its process ended without a word, or let go of the place without saying how. */
export const runOutcomes = ["answered", "failed", "boot-failed", "timeout", "aborted", "lost"] as const;
export type RunOutcome = Parameters<Slot["end"]>[0] | "lost";

/** Why a run left the queue without having begun. */
export const queueOutcomes = ["queue-timeout", "queue-aborted", "queue-lost"] as const;
export type QueueOutcome = (typeof queueOutcomes)[number];

/** What became of one run. All of it is in the name of its file, so that an end is one rename and needs no space on disk. */
export interface EndRecord {
  readonly id: string;
  readonly installation: string;
  readonly runtime: Runtime;
  readonly outcome: RunOutcome | QueueOutcome;
  readonly queuedMs: number;
  /** 0 where nobody knows. */
  readonly runMs: number;
}

export function nameOfRecord({ id, installation, runtime, outcome, queuedMs, runMs }: EndRecord): string {
  return [id, installation, runtime, outcome, Math.round(queuedMs), Math.round(runMs)].join("~");
}

export function parseRecord(name: string): EndRecord | undefined {
  const [id = "", installation = "", runtime, outcome, queued = "", run = "", ...rest] = name.split("~");
  const outcomes: readonly (RunOutcome | QueueOutcome)[] = [...runOutcomes, ...queueOutcomes];
  const known = outcomes.find((each) => each === outcome);
  if (rest.length > 0 || !id || !isRuntime(runtime) || !known || !/^\d+~\d+$/.test(`${queued}~${run}`))
    return undefined;
  return { id, installation, runtime, outcome: known, queuedMs: Number(queued), runMs: Number(run) };
}

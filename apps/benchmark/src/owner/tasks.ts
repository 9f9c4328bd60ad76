import type { Target } from "../engines/target.js";

/** What an owner process is started with. */
export interface OwnerAssignment {
  readonly target: Target;
  readonly contenderId: string;
  /** Files of contenders that do not come with this program. */
  readonly plugInFiles: readonly string[];
}

/** What an owner process can be asked to do, as it goes over its channel. */
export interface OwnerTasks {
  /** Waits until everything is loaded. */
  ready: { arguments: Record<never, never>; result: Record<never, never> };
  /** Makes one sandbox, which the other tasks use. Several may be made. */
  start: { arguments: Record<never, never>; result: Started };
  /** Begins a command in every sandbox, and returns at once. */
  begin: { arguments: { argv: readonly string[] }; result: Record<never, never> };
  upload: { arguments: { hostPath: string; guestPath: string }; result: Cost };
  download: { arguments: { hostPath: string; guestPath: string }; result: Cost };
  /** Makes one sandbox, runs a command in it and removes it. */
  churn: { arguments: Record<never, never>; result: Churned };
  /** What the engine says that the sandboxes use, added up. Undefined where it says nothing. */
  accounted: { arguments: Record<never, never>; result: { bytes?: number } };
  /** Resident memory of the owner, after its garbage was collected. */
  resident: { arguments: Record<never, never>; result: { bytes: number } };
  readSlowly: { arguments: SlowReading; result: Cost };
  end: { arguments: Record<never, never>; result: Record<never, never> };
}

export interface Started {
  readonly id: string;
  /** What the contender has a way for. */
  readonly abilities: readonly Ability[];
}

export interface Churned {
  readonly id: string;
  readonly ms: number;
}

export type Ability = "upload" | "download" | "stream";

export type OwnerTask = keyof OwnerTasks;

export interface SlowReading {
  readonly blockCount: number;
  /** Reads nothing for this long after the command began. */
  readonly stallMs: number;
  readonly bytesPerSecond: number;
}

/** What an owner paid for a task. */
export interface Cost {
  readonly ms: number;
  /** How far its resident memory grew, at its peak. */
  readonly growthBytes: number;
}

export interface OwnerRequest {
  readonly id: number;
  readonly task: OwnerTask;
  readonly arguments: unknown;
}

export type OwnerReply = { readonly id: number } & (
  | { readonly result: unknown }
  | { readonly error: string }
);

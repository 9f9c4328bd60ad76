import type {
  CreateOptions,
  Sandbox,
  SandboxEvent,
  SandboxProvider,
  SandboxSummary,
} from "@nanoclaw/sandbox";
import type { Capabilities } from "@nanoclaw/sandbox/adapter";
import type { Random } from "./random.js";
import type { Scale, Target } from "./target.js";

/** The promises of the contract. `docs/conformance.md` tells each in full. */
export const guarantees = {
  G1: "fresh",
  G2: "whole",
  G3: "gone",
  G4: "verified",
  G5: "dead",
  G6: "honest",
  G7: "exact",
  G8: "no pretence",
  G9: "ends",
  G10: "own",
  G11: "secret",
  G12: "literal",
} as const;

export type Guarantee = keyof typeof guarantees;

/** One promise, tried on a real sandbox. A value: no test runner is needed to run it. */
export interface Check {
  /** Stable, unique, and part of reports: `G5.kill-detached`. */
  readonly id: string;
  /** What it proves a part of. */
  readonly guarantee: Guarantee;
  /** The promise, as a sentence about the provider. */
  readonly title: string;
  /** Programs that the guest must have for this check, beside a POSIX shell and its usual companions. */
  readonly tools?: readonly string[];
  /** How long it may take, in milliseconds. Default: 30 000. */
  readonly timeoutMs?: number;
  /** `true`, or why it does not apply: the reason it is skipped with. Default: it always applies. */
  needs?(capabilities: Capabilities, target: Target): true | string;
  /** Rejects when the promise is broken, with what was seen instead. */
  run(context: CheckContext): Promise<void>;
}

/** What a check works with. All that it makes is destroyed after it, whether it passed or not. */
export interface CheckContext {
  readonly target: Target;
  readonly provider: SandboxProvider;
  readonly capabilities: Capabilities;
  readonly scale: Scale;
  /** Aborted when the check has taken too long. */
  readonly signal: AbortSignal;
  /** The same numbers for the same seed and check. */
  readonly random: Random;
  readonly run: Run;
  /** A sandbox that checks share. They leave no process in it, and no file outside a directory of their own. */
  shared(): Promise<Sandbox>;
  /** A sandbox for this check alone, from the target's options with these on top. */
  create(options?: CreateOptions): Promise<Sandbox>;
  /** The same by another provider. Options are not looked at, so that wrong ones can be tried. */
  createWith(provider: SandboxProvider, options?: unknown): Promise<Sandbox>;
  /**
   * A path in the guest that nothing has yet, for files of this check: `/tmp/NAME-…`. Where the guest's files are the
   * host's, it is removed after the check.
   */
  guestPath(name: string): string;
  /** The options that `create` would use. */
  options(options?: CreateOptions): CreateOptions;
  /** Runs after the check, last one first. */
  defer(cleanup: () => unknown): void;
  /** Leaves the check as skipped, for a reason that showed only while it ran. */
  skip(reason: string): never;
  /** A figure for the report. */
  note(name: string, value: number | string): void;
}

/** What the checks of one run have in common. */
export interface Run {
  /** The label that every sandbox of this run carries. */
  readonly label: Readonly<Record<string, string>>;
  /** Every event of this run's sandboxes so far. */
  readonly events: readonly SandboxEvent[];
  /** Rejections that nobody handled since the run began. */
  readonly unhandled: readonly unknown[];
  /** What the target saw on the host before anything was made. */
  readonly leftoversBefore: readonly string[];
  /** The sandboxes of this run that the engine knows. */
  sandboxes(): Promise<SandboxSummary[]>;
  /** Destroys the shared sandbox; the next check that wants one gets another. */
  dropShared(): Promise<void>;
}

/** Keeps `run` typed where checks are written as an array. */
export function defineChecks(checks: readonly Check[]): readonly Check[] {
  return checks;
}

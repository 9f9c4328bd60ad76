import type { FoundEngine } from "./engines/find.js";
import type { Host } from "./host.js";
import type { Series } from "./measurement.js";
import type { Form, Scenario } from "./scenario.js";

export const FORMAT = "sandbox-bench";
/** Raised when a reader of older results would misread newer ones. */
export const FORMAT_VERSION = 1;

/** Everything about a run: what `--json` writes (result.schema.json), and what reports and checks are made from. */
export interface RunResult {
  readonly format: typeof FORMAT;
  readonly formatVersion: typeof FORMAT_VERSION;
  readonly version: string;
  readonly form: Form;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly durationMs: number;
  /** True when it was ended before it was complete. */
  readonly interrupted: boolean;
  /** Decides the order of turns and the moments of kills. */
  readonly seed: number;
  readonly network: string;
  readonly host: Host;
  /** Load averages over 1, 5 and 15 minutes. */
  readonly load: { readonly before: readonly number[]; readonly after: readonly number[] };
  readonly engines: readonly EngineResult[];
  /** What was asked, in this order. Results of earlier versions do not tell it. */
  readonly scenarios?: ReadonlyArray<Pick<Scenario, "id" | "question">>;
  readonly series: readonly Series[];
}

export interface EngineResult extends Omit<FoundEngine, "target"> {
  readonly image?: string;
  readonly contenders: readonly ContenderResult[];
}

export interface ContenderResult {
  readonly id: string;
  readonly title: string;
  readonly role: Series["role"];
  readonly versions: Readonly<Record<string, string>>;
  /** Set where it could not be measured. */
  readonly absent?: string;
}

import type { Contender } from "./contender.js";
import type { Metric } from "./measurement.js";
import type { OwnerProcess } from "./owner/owner-process.js";
import type { Random } from "./random.js";

/** `short` takes under a minute for everything, `full` some minutes. */
export type Form = "full" | "short";

/** One question, put to every contender in the same way. */
export interface Scenario {
  readonly id: string;
  readonly question: string;
  readonly metrics: readonly Metric[];
  /** Turns of each contender. */
  readonly rounds: number;
  readonly warmups: number;
  /** Fewer turns for baselines, where one of theirs takes long. Default: as many. */
  readonly baselineRounds?: number;
  /** Milliseconds from the start of the scenario after which no further round begins, save the first. Default: none. */
  readonly budgetMs?: number;
  /** Milliseconds after which a turn is given up, and its contender with it. Default: 60 000. */
  readonly turnTimeoutMs?: number;
  /** Gets a contender ready for its turns, or says why the question cannot be put to it. */
  prepare(contender: Contender, surroundings: Surroundings): Promise<Trial | NotApplicable>;
}

/** One contender's part in a scenario. */
export interface Trial {
  /** One turn. Throws when the outcome is wrong: a fast wrong answer is no sample. */
  turn(): Promise<readonly Reading[]>;
  /** Leaves nothing behind, also after a turn that failed or still hangs. */
  end(): Promise<void>;
}

/** One value that a turn gave. */
export interface Reading {
  readonly metric: string;
  readonly value: number;
  readonly worker?: number;
}

export interface NotApplicable {
  readonly notApplicable: string;
}

/** What scenarios are given to work with. */
export interface Surroundings {
  readonly random: Random;
  /** A directory of the host that is removed after the run. */
  readonly directory: string;
  /** Starts a process of its own that uses the contender, to be measured or killed. */
  startOwner(contender: Contender): Promise<OwnerProcess>;
}

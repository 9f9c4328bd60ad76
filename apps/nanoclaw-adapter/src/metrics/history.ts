import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { parseRecord } from "../capacity/outcome.js";
import type { Places } from "../capacity/places.js";
import { inState, isCode, stateFailure } from "../capacity/state-failure.js";
import { noTotals, parseTotals, type Totals, withRecords } from "./totals.js";

/** So many end records lie beside the totals before they are added up. */
export const RECORDS_TO_FOLD = 64;

interface Sums {
  readonly totals: Totals;
  /** How often records were added up. */
  readonly fold: number;
  /** The records of the latest time, which may still be there: they are not counted again. */
  readonly folded: readonly string[];
}

/**
 * What became of an installation's runs. Each end is a small file; when there are many they are added up into one, whose
 * size does not grow. A process that ends in the middle of it leaves nothing uncounted and nothing counted twice.
 */
export class History {
  readonly #places: Places;
  readonly #installation: string;
  readonly #directory: string;
  readonly #onWarning: (warning: string) => void;

  constructor(
    places: Places,
    installation: string,
    stateDirectory: string,
    onWarning: (warning: string) => void,
  ) {
    this.#places = places;
    this.#onWarning = onWarning;
    this.#installation = installation;
    this.#directory = join(stateDirectory, "metrics");
  }

  get recordCount(): number {
    return this.#places.ended(this.#installation).length;
  }

  /** The totals until now, also while another process adds them up. */
  read(): Totals {
    for (;;) {
      const { totals, fold, folded } = this.#sums();
      const names = this.#places.ended(this.#installation);
      if (this.#sums().fold === fold) return withRecords(totals, without(names, folded));
    }
  }

  /** Adds the records up. Only under the lock of the places. */
  fold(): void {
    inState(this.#directory, () => {
      mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
      const { totals, fold, folded } = this.#sums();
      const names = this.#places.ended(this.#installation);
      const sums: Sums = {
        totals: withRecords(totals, without(names, folded)),
        fold: fold + 1,
        folded: names,
      };
      this.#write(sums);
      for (const name of names) {
        const file = join(this.#places.path("ended"), name);
        if (parseRecord(name)) rmSync(file, { force: true });
        else this.#places.setAside(file);
      }
    });
  }

  /** What was moved aside, for people to look at. */
  damaged(): string[] {
    try {
      const names = readdirSync(this.#directory).filter((name) => name.includes(".damaged-"));
      return names.map((name) => join(this.#directory, name));
    } catch (error) {
      if (isCode(error, "ENOENT")) return [];
      throw stateFailure(this.#directory, error);
    }
  }

  #sums(): Sums {
    const file = join(this.#directory, "totals.json");
    let text: string;
    try {
      text = readFileSync(file, "utf8");
    } catch (error) {
      if (isCode(error, "ENOENT")) return { totals: noTotals(), fold: 0, folded: [] };
      throw stateFailure(this.#directory, error);
    }
    const sums = parseSums(text);
    if (sums) return sums;
    // To the other damaged files would be, as a rule, and need not be within one file system.
    const aside = `${file}.damaged-${Date.now()}`;
    inState(this.#directory, () => renameSync(file, aside));
    this.#onWarning(`${file} could not be read. It is now ${aside}, and the figures begin anew.`);
    return { totals: noTotals(), fold: 0, folded: [] };
  }

  /** The content is on the disk before the name is: a power cut leaves the old file or the new one. */
  #write(sums: Sums): void {
    const file = join(this.#directory, "totals.json");
    const handle = openSync(`${file}.new`, "w", 0o600);
    try {
      writeSync(handle, JSON.stringify(sums));
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(`${file}.new`, file);
  }
}

function without(names: readonly string[], others: readonly string[]): string[] {
  const known = new Set(others);
  return names.filter((name) => !known.has(name));
}

function parseSums(text: string): Sums | undefined {
  try {
    const { totals: written, fold, folded } = JSON.parse(text) as Record<string, unknown>;
    const totals = parseTotals(written);
    const valid =
      Number.isSafeInteger(fold) && Array.isArray(folded) && folded.every((each) => typeof each === "string");
    return totals && valid ? ({ totals, fold, folded } as Sums) : undefined;
  } catch {
    return undefined;
  }
}

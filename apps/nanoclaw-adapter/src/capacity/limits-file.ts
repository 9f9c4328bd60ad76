import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CompleteLimits, completeLimits } from "./limits.js";
import { inState } from "./state-failure.js";

/** The limits that an installation's runs were last admitted by, for who looks from outside. */
export class LimitsFile {
  readonly #directory: string;
  #written = "";

  constructor(stateDirectory: string) {
    this.#directory = join(stateDirectory, "metrics");
  }

  write(limits: CompleteLimits): void {
    const text = JSON.stringify(limits);
    if (text === this.#written || text === this.#text()) return;
    inState(this.#directory, () => {
      mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
      const writing = join(this.#directory, `limits.${process.pid}`);
      writeFileSync(writing, text, { mode: 0o600 });
      renameSync(writing, join(this.#directory, "limits.json"));
    });
    this.#written = text;
  }

  /** Undefined before the first run, and for what is no such file: the next run writes it anew. */
  read(): CompleteLimits | undefined {
    try {
      return completeLimits(JSON.parse(this.#text() ?? ""));
    } catch {
      return undefined;
    }
  }

  #text(): string | undefined {
    try {
      return readFileSync(join(this.#directory, "limits.json"), "utf8");
    } catch {
      return undefined;
    }
  }
}

import type { EmulatorSettings } from "../state/settings.js";
import { compactJson } from "./json.js";
import { textTable } from "./text-table.js";
import { toml } from "./toml.js";
import { yaml } from "./yaml.js";

/** What a command has to show, in the form that `--format` asks for. */
export interface Listing {
  /** For JSON, YAML and TOML. */
  readonly value: unknown;
  /** The rows of the table, the header first. */
  readonly rows: readonly (readonly string[])[];
  /** `--quiet`, which counts for the table alone: these lines instead. */
  readonly names?: readonly string[];
}

/** Prints a listing on stdout. */
export function printListing(format: string, listing: Listing, settings: EmulatorSettings): void {
  if (format === "json") printLine(compactJson(listing.value, settings));
  else if (format === "yaml") printLine(yaml(listing.value));
  else if (format === "toml") printLine(toml(listing.value));
  else if (listing.names === undefined) printLine(textTable(listing.rows));
  else for (const name of listing.names) printLine(name);
}

export function printLine(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** What the program logs goes to stderr, so that stdout has results alone (apple-container.md §2.5). */
export function logLine(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** A date as outputs have it: UTC, without fractions of seconds. */
export function isoDate(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, "Z");
}
